"""Time of the fill of tensors, beside that of the same pictures, or of a copy on a GPU.

    python -m tests.benchmarks.tensors [--sizes 512,2048] [--batch 4] [--device cuda]

On a CPU the fill of a tensor and `preprocess` of the same picture take turns, so that both meet the
same load. On a GPU a copy of the batch, which reads and writes every value once, is about the
least that a new batch can take. Needs torch; the device is a GPU if there is one.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np
import torch
from PIL import Image

from neuralmaster import preprocess, tensors
from tests.benchmarks.speed import EXAMPLE


def milliseconds(jobs: list[Callable[[], object]], device: str, rounds: int) -> list[list[float]]:
    """The times of each job, which take turns; the first two turns warm up."""
    taken: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds + 2):
        for job, times in zip(jobs, taken, strict=True):
            start = time.perf_counter()
            job()
            if device != "cpu":
                getattr(torch, device).synchronize()
            times.append((time.perf_counter() - start) * 1000)
    return [times[2:] for times in taken]


def picture_of(name: str, size: int) -> Image.Image:
    with Image.open(EXAMPLE / name) as picture:
        return picture.convert("RGB").resize((size, size))


def batch_of(picture: Image.Image, count: int, device: str) -> torch.Tensor:
    levels = torch.from_numpy(np.array(picture, np.float32) / 255)
    return levels.permute(2, 0, 1).repeat(count, 1, 1, 1).to(device)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--sizes", default="512,1024,2048,4096")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(asked.threads)
    of_cuda, of_cpu = asked.device == "cuda", asked.device == "cpu"
    name = torch.cuda.get_device_name() if of_cuda else f"CPU, {asked.threads} thread(s)"
    print(f"{name}; torch {torch.__version__}, batch {asked.batch}\n")
    other = "preprocess" if of_cpu else "copy"
    print(f"| size | tensors.fill, ms (median) | quartiles | {other}, ms | ratio |")
    print("|---|---|---|---|---|")
    for size in map(int, asked.sizes.split(",")):
        pictures = [picture_of(file, size) for file in ("image.png", "mask.png")]
        image, mask = (batch_of(picture, asked.batch, asked.device) for picture in pictures)
        beside = image.clone

        def fill(image: torch.Tensor = image, mask: torch.Tensor = mask) -> object:
            return tensors.fill(image, mask)

        if of_cpu:

            def beside(pictures: list[Image.Image] = pictures) -> object:
                return [preprocess(*pictures) for _ in range(asked.batch)]

        taken, others = milliseconds([fill, beside], asked.device, asked.rounds)
        low, median, high = statistics.quantiles(taken, n=4)
        least = statistics.median(others)
        ratio = statistics.median(a / b for a, b in zip(taken, others, strict=True))
        print(
            f"| {size}² | {median:.2f} | {low:.2f} to {high:.2f} | {least:.2f} | {ratio:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
