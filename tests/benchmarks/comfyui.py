"""Time and memory of the node *NeuralMaster Fill* for a batch of frames.

    python -m tests.benchmarks.comfyui [--frames 16] [--size 1024] [--threads 1]

The memory is the highest of the process beyond what it held before, results included. Needs torch
and Linux.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import cv2
import torch

from neuralmaster.comfyui import Fill
from tests.benchmarks.tensors import batch_of, picture_of

MEGABYTE = 2**20


def measured(method: str, frames: int, size: int, threads: int) -> tuple[float, float, float]:
    """Seconds, megabytes beyond the inputs, and those of the results alone."""
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    image = batch_of(picture_of("image.png", size), frames, "cpu").movedim(1, -1).contiguous()
    mask = batch_of(picture_of("mask.png", size), 1, "cpu")
    masks = {"inpaint_mask": mask[:, 0], "object_mask": mask[:, 1]}
    inputs = Fill.INPUT_TYPES()["required"]
    chosen = {name: more["default"] for name, (_, more) in inputs.items() if "default" in more}
    chosen["method"] = method
    Fill().fill(image[:1, :64, :64], mask[:, 0, :64, :64], **chosen)  # loads what loads late
    Path("/proc/self/clear_refs").write_text("5")  # from here on, the highest is counted anew
    before = _highest()
    start = time.perf_counter()
    filled, red, _ = Fill().fill(image, **masks, **chosen)
    seconds = time.perf_counter() - start
    results = 4 * (filled.numel() + red.numel()) / MEGABYTE
    return seconds, _highest() - before, results


def _highest() -> float:
    """The most memory that this process has held, in megabytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / MEGABYTE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--methods", default="context,mean,texture")
    parser.add_argument("--one", help="measure this method in this process, and print the figures")
    asked = parser.parse_args()
    if asked.one:
        print(*measured(asked.one, asked.frames, asked.size, asked.threads))
        return
    print(f"{asked.frames} frames of {asked.size}², {asked.threads} thread(s), medians of three\n")
    print("| method | seconds | a frame, ms | memory, MB | of these the results |")
    print("|---|---|---|---|---|")
    for method in asked.methods.split(","):
        command = [sys.executable, "-m", "tests.benchmarks.comfyui", *sys.argv[1:], "--one", method]
        environment = {**os.environ, "OMP_NUM_THREADS": str(asked.threads)}
        runs = [
            subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
            for _ in range(3)
        ]
        values = zip(*([float(x) for x in run.stdout.split()] for run in runs), strict=True)
        seconds, memory, results = (statistics.median(value) for value in values)
        each = seconds / asked.frames * 1000
        print(
            f"| {method} | {seconds:.2f} | {each:.0f} | {memory:.0f} | {results:.0f} |", flush=True
        )


if __name__ == "__main__":
    main()
