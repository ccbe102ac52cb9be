"""How much a fill is like the object's own surface, beside its peers.

    python -m tests.benchmarks.texture [--trial held-out] [--objects cup,cat] [--fills context]
    python -m tests.benchmarks.texture --speed [--sizes 512,1024,2048]

Regions of photos are filled whose truth is known (see quality.py); what the fill is not asked for
stays the truth. The figures, each over the pixels with any fill weight:

- coherence: how foreign the fill is. The distance (root mean square, Lab) of its 7x7 patches to
  the nearest of the object outside the region, over that of the truth's own patches: 1 is as
  foreign as the truth is, 0 a copy.
- completeness: what the fill lacks. The distance of the truth's patches to the nearest of the
  fill, in the same unit. Both are the two halves of the bidirectional similarity (Simakov et al.,
  2008).
- spread: standard deviation of the fill less its low-pass (sigma 4 pixels), over the truth's.
- colour: mean CIEDE2000 to the truth, both low-passed as in quality.py.
- Fréchet: the distance of the latents of an encoder (see vae.py) to those of the truth.

Peers are in peers.py; those that are not installed are left out. They are told the region's own
edge and, without --degree, the smear ends there as well.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import color

from neuralmaster import FillParams, images, preprocess
from neuralmaster.fills import FILLS
from neuralmaster.masks import TwoChannelMask
from tests.benchmarks import quality, vae
from tests.benchmarks.peers import MAKERS, Array, Case, Levels, cases
from tests.benchmarks.speed import EXAMPLE, peak_megabytes

PATCH = 7
QUERIES = 300  # patches of a region whose nearest are looked for; drawn at random
HIGH_PASS = 4.0  # sigma, pixels


def patches(image: Levels, centres: NDArray[np.bool_]) -> Array:
    """The 7x7 patches around some pixels, n x 147, Lab."""
    lab = color.rgb2lab(image).astype(np.float32)
    k = PATCH // 2
    padded = cv2.copyMakeBorder(lab, k, k, k, k, cv2.BORDER_REFLECT_101)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (PATCH, PATCH), axis=(0, 1))
    return np.ascontiguousarray(windows[centres]).reshape(-1, 3 * PATCH**2)


def nearest(queries: Array, among: Array) -> float:
    """The mean distance of patches to their nearest, root mean square over a patch."""
    squares = (among * among).sum(axis=1) - 2 * (queries @ among.T)
    least = squares.min(axis=1) + (queries * queries).sum(axis=1)
    return float(np.sqrt(np.maximum(least, 0) / (PATCH**2)).mean())


@dataclass
class Scores:
    """What is found of one fill; `latents` are compared over all regions of a trial together."""

    coherence: list[float] = field(default_factory=list)
    completeness: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    colour: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    latents: list[Array] = field(default_factory=list)


class Judge:
    """Compares fills of one region with its truth."""

    def __init__(self, case: Case, encoder: vae.Encoder | None) -> None:
        self.case, self.encoder = case, encoder
        inner = np.ones((PATCH, PATCH), np.uint8)
        outside = np.uint8((case.source > 0) & (case.red < 0.5))
        self.own = patches(case.truth, cv2.erode(outside, inner, borderValue=0) > 0)
        whole = cv2.erode(np.uint8(case.hole), inner, borderValue=0) > 0
        self.inner = whole if whole.any() else case.hole
        self.asked = np.random.default_rng(0).permutation(np.count_nonzero(self.inner))[:QUERIES]
        self.true = patches(case.truth, self.inner)
        self.unit = max(nearest(self.true[self.asked], self.own), 0.1)
        self.low = color.rgb2lab(
            quality.low_passed(case.truth / np.float32(images.LEVELS), case.source)
        )
        ys, xs = np.nonzero(case.hole)
        margin, cell = 64, vae.CELL
        self.crop = tuple(
            slice(max(0, (int(v.min()) - margin) // cell * cell), int(v.max()) + margin)
            for v in (ys, xs)
        )

    def latents(self, image: Levels) -> Array:
        if not self.encoder:
            return np.empty((0, vae.BANDS), np.float32)
        cells = vae.whole_cells(self.case.hole[self.crop])
        return self.encoder(image[self.crop] / np.float32(images.LEVELS))[cells]

    def deviation(self, image: Levels) -> float:
        values = image.astype(np.float32)
        high = values - cv2.GaussianBlur(values, (0, 0), HIGH_PASS)
        return float(high[self.inner].std())

    def add(self, scores: Scores, fill: Levels, seconds: float) -> None:
        case = self.case
        image = np.where(case.hole[..., None], fill, case.truth)
        made = patches(image, self.inner)
        scores.coherence.append(nearest(made[self.asked], self.own) / self.unit)
        scores.completeness.append(nearest(self.true[self.asked], made) / self.unit)
        scores.spread.append(self.deviation(image) / max(self.deviation(case.truth), 0.1))
        low = color.rgb2lab(quality.low_passed(image / np.float32(images.LEVELS), case.source))
        apart = color.deltaE_ciede2000(low[case.hole], self.low[case.hole])
        scores.colour.append(float(apart.mean()))
        scores.seconds.append(seconds)
        scores.latents.append(self.latents(image))


def judged(
    objects: dict[str, Iterator[Case]], fills: list[str], keep: Path | None
) -> tuple[dict[str, dict[str, Scores]], dict[str, list[Array]]]:
    """The scores of each fill by object, and the true latents of each object."""
    encoder = vae.Encoder() if vae.WEIGHTS.exists() else None
    table: dict[str, dict[str, Scores]] = {}
    true: dict[str, list[Array]] = {}
    for name, regions in objects.items():
        table[name] = {f: Scores() for f in fills}
        true[name] = []
        for k, case in enumerate(regions):
            judge = Judge(case, encoder)
            true[name].append(judge.latents(case.truth))
            for f in fills:
                start = time.process_time()
                fill = MAKERS[f](case)
                judge.add(table[name][f], fill, time.process_time() - start)
                if keep:
                    image = np.where(case.hole[..., None], fill, case.truth)
                    Image.fromarray(image).save(keep / f"{name}-{k}-{f}.png")
            if keep:
                Image.fromarray(case.truth).save(keep / f"{name}-{k}-truth.png")
        print(f"{name} done", file=sys.stderr)
    return table, true


HEAD = "| {} | coherence | completeness | spread | colour | Fréchet | s |\n" + 7 * "|---" + "|"


def row(name: str, scores: list[Scores], true: list[Array]) -> str:
    """Means over regions; the Fréchet distance of all their cells together."""

    def mean(what: str) -> float:
        return float(np.mean([v for s in scores for v in getattr(s, what)]))

    figures = [f"{mean(w):.2f}" for w in ("coherence", "completeness", "spread", "colour")]
    latents = np.concatenate([cells for s in scores for cells in s.latents])
    enough = len(latents) > 2 * vae.BANDS
    figures.append(f"{vae.frechet(latents, np.concatenate(true)):.2f}" if enough else "")
    return f"| {name} | " + " | ".join(figures) + f" | {mean('seconds'):.2f} |"


def report(table: dict[str, dict[str, Scores]], true: dict[str, list[Array]]) -> None:
    print(HEAD.format("fill"))
    every = [cells for of_object in true.values() for cells in of_object]
    fills = list(next(iter(table.values())))
    for f in fills:
        print(row(f, [table[name][f] for name in table], every))
    print("\n" + HEAD.format("object, " + fills[0]))
    for name, scores in table.items():
        print(row(name, [scores[fills[0]]], true[name]))


def square(size: int) -> Case:
    """docs/example at another size, as the cases are."""
    with Image.open(EXAMPLE / "image.png") as image, Image.open(EXAMPLE / "mask.png") as mask:
        picture = image.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
        read = TwoChannelMask.read(mask.convert("RGB").resize((size, size)))
    levels = np.asarray(picture)
    source = np.where(read.source >= 128, 255, 0).astype(np.uint8)
    return Case(levels, levels, source, read.inpaint / np.float32(255))


def job(name: str, case: Case) -> Callable[[], object]:
    """Ours from picture to prepared picture; the peers from array to array."""
    if name not in FILLS:
        return lambda: MAKERS[name](case)
    scene = case.scene
    return lambda: preprocess(scene.picture, scene.mask.picture(), FillParams(method=name))


def speed(sizes: list[int], fills: list[str], rounds: int) -> None:
    """Processor seconds, all fills in turns, and the peak of memory, each in its own process."""
    print("| size | fill | s (median) | PyPatchMatch's over it | extra MB |\n|---|---|---|---|---|")
    for size in sizes:
        jobs = {name: job(name, square(size)) for name in fills}
        taken: dict[str, list[float]] = {name: [] for name in fills}
        for _ in range(rounds):
            for name, run in jobs.items():
                start = time.process_time()
                run()
                taken[name].append(time.process_time() - start)
        for name, times in taken.items():
            median = statistics.median(times)
            peer = statistics.median(taken.get("PyPatchMatch", [float("nan")])) / median
            command = [sys.executable, "-m", "tests.benchmarks.texture", "--sizes", str(size)]
            command += ["--memory-of", name]
            memory = float(subprocess.run(command, capture_output=True, check=True).stdout)
            print(f"| {size}² | {name} | {median:.2f} | {peer:.1f} | {memory:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--trial", choices=list(quality.TRIALS), default="bench")
    parser.add_argument("--objects", help="some of the trial's, by comma")
    parser.add_argument("--fills", default="|".join(MAKERS), help="names, by |")
    parser.add_argument("--degree", choices=list(quality.DEGREES), default="clean")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="writes all pictures there")
    parser.add_argument("--regions", type=int, default=quality.REGIONS, help="of each object")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--sizes", default="512,1024,2048")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    fills, sizes = asked.fills.split("|"), [int(size) for size in asked.sizes.split(",")]
    if asked.memory_of:
        print(peak_megabytes(job(asked.memory_of, square(sizes[0]))))
    elif asked.speed:
        speed(sizes, fills, asked.rounds)
    else:
        trial = quality.TRIALS[asked.trial]
        names = asked.objects.split(",") if asked.objects else list(trial.objects)
        made = {n: islice(cases(trial, n, asked.degree), asked.regions) for n in names}
        report(*judged(made, fills, asked.keep))


if __name__ == "__main__":
    main()
