"""Processor time of the panel's preview handler, without the page around it, beside the fill in it.

    python -m tests.benchmarks.preview [--size 1024] [--rounds 15]

The handler runs on the fake host, whose part in it is nothing but flattening a picture. Both
jobs in turns; the picture is docs/example's, scaled, in Inpaint upload.
"""

from __future__ import annotations

import argparse
import importlib
import os
import statistics
from types import SimpleNamespace

import cv2
import pytest
from PIL import Image

from neuralmaster import preprocess
from tests.benchmarks.speed import EXAMPLE, milliseconds
from tests.webui.fake_host import Host, Radio

INPAINT_UPLOAD = 4
GIVEN = (False, "context", "green", 0.0, "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    size = (asked.size, asked.size)
    image, mask = (Image.open(EXAMPLE / f"{n}.png").resize(size) for n in ("image", "mask"))
    held = {"img_inpaint_base": image, "img_inpaint_mask": mask, "img2img_mask_mode": 0}
    with pytest.MonkeyPatch.context() as patches:
        host = Host(patches)
        host.load()
        host.context.Context.root_block = SimpleNamespace(blocks={})
        host.add(Radio())
        preview = importlib.import_module("neuralmaster.webui.preview")
        jobs = {
            "preview": lambda: preview.html(INPAINT_UPLOAD, held, GIVEN),
            "fill": lambda: preprocess(image, mask),
        }
        print(f"{os.cpu_count()} cores, {cv2.getNumThreads()} threads, {asked.size}²\n")
        print("| job | ms (median) | quartiles | times the fill |")
        print("|---|---|---|---|")
        taken = milliseconds(jobs, asked.rounds)
        for name, times in taken.items():
            low, median, high = statistics.quantiles(times, n=4)
            ratio = median / statistics.median(taken["fill"])
            print(f"| {name} | {median:.1f} | {low:.1f} to {high:.1f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
