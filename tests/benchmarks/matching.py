"""How well a tint is taken out of the repainted area, and what that costs.

    python -m tests.benchmarks.matching

scikit-image's photos, 512 x 512, are repainted in four regions with the photo's mirror image mixed
in, sent through a stand-in for a VAE (a blur and noise), and tinted. The error is the mean
difference, in levels, between the matched result and the one without a tint inside the area; the
step is the largest channel's difference averaged along the area's edge. `global` fits one mean and
one deviation for each channel to the kept pixels, as is usual elsewhere.

Times are the processor's, on one thread, for the example scaled; array to array.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from PIL import Image

from neuralmaster import files
from neuralmaster.images import Floats, Plane
from neuralmaster.matching.pull import pulled
from neuralmaster.matching.seam import Tint, tint
from tests.benchmarks.quality import photo
from tests.pictures import EXAMPLE

PHOTOS = ("astronaut", "coffee", "chelsea", "rocket", "immunohistochemistry", "retina")
SIDE = 512
SIZES = (512, 1024, 2048)
REPEATS = 9


def light(levels: Floats) -> Floats:
    return levels.mean(axis=-1, keepdims=True) / 255


TINTS: dict[str, Callable[[Floats], Floats]] = {
    "none": lambda levels: levels,
    "one colour": lambda levels: levels + np.array([12, -6, 9]),
    "contrast": lambda levels: levels * [0.92, 1.03, 0.9] + np.array([10, -4, 14]),
    "saturation": lambda levels: 255 * light(levels) * 0.15 + levels * 0.85 + 4,
    "vertical": lambda levels: (
        levels + np.linspace(-14, 14, len(levels))[:, None, None] * [1, 0.6, -0.8]
    ),
    "by the colour": lambda levels: (
        levels + 18 * np.sin(np.pi * light(levels)) * np.array([1, -0.5, 0.3])
    ),
}


def regions() -> dict[str, Floats]:
    """Red from 0 to 1: a disc, one with a gradient, the right side, and all but a margin."""
    y, x = (np.mgrid[:SIDE, :SIDE] + 0.5) / SIDE
    return {
        "disc": np.float32(np.hypot(x - 0.5, y - 0.55) < 0.22),
        "soft": np.float32(np.clip((0.33 - np.hypot(x - 0.5, y - 0.5)) / 0.16, 0, 1)),
        "side": np.float32(x > 0.6),
        "large": np.float32((abs(x - 0.5) < 0.42) & (abs(y - 0.5) < 0.42)),
    }


def levels_of(values: Floats) -> Plane:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def decoded(picture: Plane) -> Floats:
    """What a VAE leaves of a picture, but for its tint."""
    noise = np.random.default_rng(0).normal(0, 1, picture.shape)
    grain = cv2.GaussianBlur(noise, (0, 0), 1.5) * 6
    return cv2.GaussianBlur(picture.astype(np.float64), (0, 0), 1) + grain


def cases(name: str) -> Iterator[tuple[Plane, Plane, Plane, Plane]]:
    """The original, the result without a tint, the result, and what was kept; of each photo."""
    for file in PHOTOS:
        whole = photo(file, 800)
        side = min(whole.shape[:2])
        original = cv2.resize(whole[:side, :side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        mixed = cv2.addWeighted(original, 0.35, np.ascontiguousarray(original[:, ::-1]), 0.65, 0)
        for red in regions().values():
            clean = decoded(np.where(red[..., None] >= 0.5, mixed, original))
            kept = levels_of(255 * (1 - np.clip(2 * red, 0, 1)))
            yield original, levels_of(clean), levels_of(TINTS[name](clean)), kept


def off(_: Plane, result: Plane, __: Plane) -> Plane:
    return result


def one_mean_and_deviation(original: Plane, result: Plane, kept: Plane) -> Plane:
    sure = kept == 255
    is_now, aim = result[sure].astype(float), original[sure].astype(float)
    gain = aim.std(axis=0) / np.maximum(is_now.std(axis=0), 1e-6)
    return levels_of((result - is_now.mean(axis=0)) * gain + aim.mean(axis=0))


def seam(original: Plane, result: Plane, kept: Plane) -> Plane:
    found = tint(original, result, kept)
    return found.removed(result) if isinstance(found, Tint) else result


WAYS = {"off": off, "global": one_mean_and_deviation, "seam": seam}


def errors(name: str, way: str) -> tuple[float, float, float]:
    """The mean error, the mean step and the largest error of all cases."""
    found = []
    for original, clean, result, kept in cases(name):
        inside = kept < 128
        rim = inside & ~cv2.erode(inside.astype(np.uint8), np.ones((3, 3))).astype(bool)
        differ = WAYS[way](original, result, kept).astype(float) - clean
        found.append((abs(differ[inside]).mean(), abs(differ[rim].mean(axis=0)).max()))
    means = [one[0] for one in found]
    return statistics.mean(means), statistics.mean(one[1] for one in found), max(means)


def milliseconds(job: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        job()
        taken.append(time.process_time() - start)
    return min(taken) * 1000


def main() -> None:
    """Prints both tables."""
    cv2.setNumThreads(1)
    print("| tint | way | error | step | largest error |\n|---|---|---|---|---|")
    for name in TINTS:
        for way in WAYS:
            print(f"| {name} | {way} | " + " | ".join(f"{e:.2f}" for e in errors(name, way)) + " |")
    print("\n| size | seam, ms | object's pull, ms |\n|---|---|---|")
    image, mask = files.read(EXAMPLE / "image.png"), files.read(EXAMPLE / "mask.png")
    for size in SIZES:
        original = np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.LANCZOS))
        red = np.asarray(mask.getchannel(0).resize((size, size)))
        result, kept = levels_of(TINTS["contrast"](original.astype(float))), 255 - red
        times = (
            milliseconds(lambda o=original, r=result, k=kept: seam(o, r, k)),
            milliseconds(lambda o=original, r=result, w=red: pulled(r, o, w, 1.0)),
        )
        print(f"| {size}² | " + " | ".join(f"{t:.0f}" for t in times) + " |")


if __name__ == "__main__":
    main()
