"""Time of the fill of tensors, beside that of copying the images once on the same device.

    python -m tests.benchmarks.tensors [--sizes 512,2048] [--batch 4] [--device cuda]

A copy reads and writes every value once: about the least that a fill which gives back a new
batch can take. Needs torch; the device is a GPU if there is one.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image

from neuralmaster import tensors
from tests.benchmarks.speed import EXAMPLE


def milliseconds(job: Callable[[], object], device: str, rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds + 2):
        start = time.perf_counter()
        job()
        if device != "cpu":
            getattr(torch, device).synchronize()
        taken.append((time.perf_counter() - start) * 1000)
    return taken[2:]  # the first warm up


def batch_of(name: str, size: int, count: int, device: str) -> torch.Tensor:
    with Image.open(EXAMPLE / name) as picture:
        levels = np.array(picture.convert("RGB").resize((size, size)), np.float32)
    return torch.from_numpy(levels / 255).permute(2, 0, 1).repeat(count, 1, 1, 1).to(device)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--sizes", default="512,1024,2048,4096")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    of_cuda = asked.device == "cuda"
    name = torch.cuda.get_device_name() if of_cuda else f"CPU, {asked.threads} thread(s)"
    print(f"{name}; torch {torch.__version__}, batch {asked.batch}\n")
    print("| size | fill, ms (median) | quartiles | copy, ms | copy, GB/s | times a copy |")
    print("|---|---|---|---|---|---|")
    for size in map(int, asked.sizes.split(",")):
        image, mask = (
            batch_of(file, size, asked.batch, asked.device) for file in ("image.png", "mask.png")
        )
        taken = milliseconds(lambda i=image, m=mask: tensors.fill(i, m), asked.device, asked.rounds)
        copy = statistics.median(milliseconds(image.clone, asked.device, asked.rounds))
        low, median, high = statistics.quantiles(taken, n=4)
        bandwidth = 2 * image.numel() * 4 / copy / 1e6
        print(
            f"| {size}² | {median:.2f} | {low:.2f} to {high:.2f} | {copy:.3f} | {bandwidth:.1f} "
            f"| {median / copy:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
