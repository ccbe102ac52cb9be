"""Time and memory of the fills beside the WebUI's own fill, PIL to PIL, on one thread.

    python -m tests.benchmarks.speed [--sizes 512,2048] [--rounds 9] [--profile] [IMAGE MASK]

All run in turns, one of each a round, and what is taken is the processor's time: on one thread it
is the wall's, but for what other programs take of that. The figure that counts is the ratio to the
WebUI's fill in the same run. A second table compares one and two threads by the wall. `blur` is
one cv2.GaussianBlur with a kernel of 5 on an array that is there already: about the least that a
filter can take. Memory is the peak of the resident set over what was there before, each in a
process of its own. Without IMAGE and MASK the picture is docs/example's, scaled.
With --profile there is a table of where the time of `context` goes instead, stage by stage.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import PIL
from PIL import Image

from neuralmaster import FillParams, TwoChannelMask, images, preprocess
from neuralmaster.fills import FILLS, Field, Scene, context
from neuralmaster.fills.blend import blend_in
from neuralmaster.sheet import host_fill

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example"
Job = Callable[[], object]


def jobs(image: Image.Image, mask: Image.Image, size: int) -> dict[str, Job]:
    image = image.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
    mask = mask.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
    red, array = mask.getchannel("R"), np.asarray(image)
    fills = {name: partial(preprocess, image, mask, FillParams(method=name)) for name in FILLS}
    return {
        "WebUI's fill": lambda: host_fill(image, red),
        **fills,
        "context, grain": partial(preprocess, image, mask, FillParams(grain=1)),
        "blur": lambda: cv2.GaussianBlur(array, (5, 5), 0),
    }


def by_the_wall(job: Job, threads: int) -> float:
    """Milliseconds of one run; the one before it wakes the threads."""
    cv2.setNumThreads(threads)
    job()
    start = time.perf_counter()
    job()
    return (time.perf_counter() - start) * 1000


def stages(image: Image.Image, mask: Image.Image, size: int) -> dict[str, Job]:
    """The parts of a fill, each on what the ones before it made."""
    image = image.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
    mask = mask.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
    read = TwoChannelMask.read(mask)
    scene, target = Scene(image, read), image.copy()
    field = FILLS["context"](scene)
    box, cells, gather = scene.object, field.cells, scene.gather
    curves = context.taken_inpaint, context.trust_source

    def gathered() -> object:
        return gather(*curves, box, cells.grid, wary=True)

    def solved() -> Field:
        object.__setattr__(scene, "gather", lambda *_, **__: cells)
        return FILLS["context"](scene)

    def passed_through() -> None:
        for first, last in images.strips(box):
            part = (box[0], first, box[2], last)
            images.write_box(target, part, images.read_box(image, part))

    return {
        "whole": partial(preprocess, image, mask),
        "read the mask: decode, range, match": lambda: TwoChannelMask.read(mask),
        "copy the image": image.copy,
        "gather the context": gathered,
        "solve on the grid": solved,
        "blend": lambda: blend_in(target, field, read, box),
        "(object's box through Pillow and back)": passed_through,
        "(one channel of the mask to an array)": lambda: images.channel(mask, 0),
    }


def profile(image: Image.Image, mask: Image.Image, sizes: list[int], rounds: int) -> None:
    print("| size | stage | ms (median) | of the whole |")
    print("|---|---|---|---|")
    for size in sizes:
        taken = milliseconds(stages(image, mask, size), rounds)
        whole = statistics.median(taken["whole"])
        for name, times in taken.items():
            median = statistics.median(times)
            print(f"| {size}² | {name} | {median:.1f} | {median / whole:.0%} |", flush=True)


def milliseconds(tasks: dict[str, Job], rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds + 1):
        for name, job in tasks.items():
            start = time.process_time()
            job()
            taken[name].append((time.process_time() - start) * 1000)
    return {name: times[1:] for name, times in taken.items()}  # the first round warms up


def peak_megabytes(job: Job) -> float:
    """How far the resident set of this (Linux) process rises while the job runs."""
    ctypes.CDLL("libc.so.6").malloc_trim(0)  # what was freed before must not serve the job
    Path("/proc/self/clear_refs").write_text("5")  # lets VmHWM start again from now
    before = _status("VmRSS")
    job()
    return (_status("VmHWM") - before) / 1024


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise KeyError(field)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("pictures", nargs="*", metavar="IMAGE MASK")
    parser.add_argument("--sizes", default="512,1024,2048,4096")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    paths = asked.pictures or [str(EXAMPLE / "image.png"), str(EXAMPLE / "mask.png")]
    image, mask = (Image.open(path) for path in paths)
    sizes = [int(size) for size in asked.sizes.split(",")]
    if asked.memory_of:
        print(peak_megabytes(jobs(image, mask, sizes[0])[asked.memory_of]))
        return
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"1 thread; Python {platform.python_version()}, numpy {np.__version__}, "
        f"OpenCV {cv2.__version__}, Pillow {PIL.__version__}\n"
    )
    if asked.profile:
        profile(image, mask, sizes, asked.rounds)
        return
    print("| size | job | ms (median) | quartiles | times as fast | extra MB |")
    print("|---|---|---|---|---|---|")
    for size in sizes:
        for name, times in (taken := milliseconds(jobs(image, mask, size), asked.rounds)).items():
            low, median, high = statistics.quantiles(times, n=4)
            ratio = statistics.median(taken["WebUI's fill"]) / median
            command = [sys.executable, "-m", "tests.benchmarks.speed", *paths]
            command += ["--sizes", str(size), "--memory-of", name]
            memory = float(subprocess.run(command, capture_output=True, check=True).stdout)
            print(
                f"| {size}² | {name} | {median:.1f} | {low:.1f} to {high:.1f} | {ratio:.1f} "
                f"| {memory:.0f} |",
                flush=True,
            )
    print("\n| size | context, 1 thread, wall ms (median) | 2 threads | ratio |\n|---|---|---|---|")
    for size in sizes:
        job = jobs(image, mask, size)["context"]
        walls = [[by_the_wall(job, count) for count in (1, 2)] for _ in range(3 * asked.rounds)]
        one, two = (statistics.median(times) for times in zip(*walls, strict=True))
        print(f"| {size}² | {one:.1f} | {two:.1f} | {two / one:.2f} |", flush=True)


if __name__ == "__main__":
    main()
