"""How near each fill comes to what was really there, on photos whose truth is known.

    python -m tests.benchmarks.quality [--trial held-out] [--objects cup,cat] [--methods context]

An object is cut out of each photo by GrabCut. In five regions of it the picture is spoilt by a
smear, as a stretched texture is, and each fill has to find the colours back. How far the smear
reaches into the red gradient is the degree: clean (not below half red), mild, heavy. The figure
is the mean CIEDE2000 between fill and truth, both low-passed inside the object, over all pixels
with any fill weight: 1 is barely visible, 10 is another colour.

The constants of the fills were chosen on the trial "bench". The trial "held-out" has other
photos, crops, sizes, regions, widths of the gradient and colours of the smear.

Then the same regions with hard masks, as a brush leaves them: `exact` is spoilt inside the mask
alone, the others have a white or a dark rim of 0.5, 1.5 or 3% of the object's size left outside.

Beside the fills there are the rules of `rules`, of which `context` has to beat the best.

Needs scikit-image (tests/benchmarks/requirements.txt). Photos are scikit-image's own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import color, data

from neuralmaster.fills import FILLS, Field, Scene
from neuralmaster.masks import TwoChannelMask
from tests.benchmarks.rules import FIXED, ORACLE, Fill, told

Array = NDArray[np.float32]
METHODS = FILLS | FIXED

DEGREES = {"clean": (0.5, 0.501), "mild": (0.3, 0.5), "heavy": (0.05, 0.3)}
RIMS = {"white": (245, 245, 245), "dark": (30, 28, 26)}
HARD = {"exact": (0.0, "white")} | {
    f"{name} {width:.1%}": (width, name) for name in RIMS for width in (0.005, 0.015, 0.03)
}
CASES = [*DEGREES, *HARD]
REGIONS = 5
LOW_PASS = 0.03  # sigma, as a share of the object's size


@dataclass(frozen=True)
class Trial:
    """Objects and how they are spoilt.

    objects: each with its photo, and a box around it as shares of width and height (left, upper,
        right, lower). seed: of the regions. side: pixels, photos are brought to this longer one.
    ramp: width of the red gradient, as a share of the object's size. smear: its colour, levels.
    """

    objects: dict[str, tuple[str, tuple[float, ...]]]
    seed: int
    side: int
    ramp: float
    smear: tuple[float, float, float]


TRIALS = {
    "bench": Trial(
        {
            "astronaut": ("astronaut", (0.03, 0.02, 0.90, 0.99)),
            "cat": ("chelsea", (0.10, 0.05, 0.85, 0.98)),
            "cup": ("coffee", (0.20, 0.08, 0.80, 0.90)),
            "table": ("coffee", (0.62, 0.02, 0.99, 0.98)),
            "motorcycle": ("stereo_motorcycle", (0.05, 0.15, 0.95, 0.95)),
            "retina": ("retina", (0.02, 0.02, 0.98, 0.98)),
            "tissue": ("immunohistochemistry", (0.02, 0.02, 0.58, 0.55)),
        },
        seed=7,
        side=640,
        ramp=0.28,
        smear=(225, 225, 225),
    ),
    "held-out": Trial(
        {
            "rocket": ("rocket", (0.30, 0.02, 0.75, 0.98)),
            "galaxies": ("hubble_deep_field", (0.05, 0.05, 0.90, 0.90)),
            "cameraman": ("camera", (0.10, 0.10, 0.75, 0.98)),
            "coins": ("coins", (0.02, 0.02, 0.98, 0.98)),
            "moon": ("moon", (0.02, 0.02, 0.98, 0.98)),
            "cell": ("cell", (0.10, 0.10, 0.90, 0.90)),
            "face": ("astronaut", (0.33, 0.05, 0.60, 0.50)),
            "cat's head": ("chelsea", (0.20, 0.05, 0.75, 0.85)),
            "saucer": ("coffee", (0.05, 0.40, 0.85, 0.98)),
            "tank": ("stereo_motorcycle", (0.25, 0.20, 0.70, 0.60)),
            "disc": ("retina", (0.45, 0.10, 0.98, 0.90)),
        },
        seed=5,
        side=560,
        ramp=0.2,
        smear=(190, 60, 50),
    ),
}


def photo(name: str, side: int) -> NDArray[np.uint8]:
    image = getattr(data, name)()
    image = image[0] if isinstance(image, tuple) else image
    image = np.dstack([image] * 3) if image.ndim == 2 else image
    scale = side / max(image.shape[:2])
    return cv2.resize(image[..., :3], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def cut_out(image: NDArray[np.uint8], box: tuple[float, ...]) -> NDArray[np.uint8]:
    """The object in a box, HxW, 255 or 0; the largest piece GrabCut finds, holes filled."""
    height, width = image.shape[:2]
    left, upper = int(box[0] * width), int(box[1] * height)
    rect = (left, upper, int(box[2] * width) - left, int(box[3] * height) - upper)
    cv2.setRNGSeed(0)
    # a background of one single level would leave its colour model without any spread
    grain = np.random.default_rng(0).integers(0, 4, image.shape, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(cv2.add(image, grain), mask, rect, *models, 5, cv2.GC_INIT_WITH_RECT)
    found = np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(found, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    piece = np.zeros_like(found)
    return cv2.drawContours(piece, [max(outlines, key=cv2.contourArea)], -1, 255, cv2.FILLED)


def regions(source: NDArray[np.uint8], rng: np.random.Generator, ramp: float) -> Iterator[Array]:
    """Red channels in [0, 1]: bands across and patches in the object, with a wide gradient."""
    ys, xs = np.nonzero(source)
    size = float(np.sqrt(len(ys)))
    yy, xx = np.indices(source.shape, dtype=np.float32)
    made = 0
    while made < REGIONS:
        i = rng.integers(len(ys))
        angle, reach = rng.uniform(0, np.pi), size * rng.uniform(0.08, 0.2)
        across = (xx - xs[i]) * np.cos(angle) + (yy - ys[i]) * np.sin(angle)
        along = (yy - ys[i]) * np.cos(angle) - (xx - xs[i]) * np.sin(angle)
        stretch = 0.0 if made % 2 else rng.uniform(0.4, 1.0)  # 0: a band, else a patch
        depth = reach - np.hypot(across, along * stretch)
        red = np.clip(0.5 + depth / (ramp * size), 0, 1)
        red = red * red * (3 - 2 * red)
        inside = red[source > 0]
        if (inside < 0.1).mean() > 0.2 and (inside > 0.5).mean() > 0.05:
            made += 1
            yield red.astype(np.float32)


def spoilt(
    image: NDArray[np.uint8],
    red: Array,
    degree: tuple[float, float],
    seed: int,
    smear: tuple[float, ...],
) -> NDArray[np.uint8]:
    """The photo with a horizontal smear where red is high, fading in over the degree."""
    low, high = degree
    drawn_out = cv2.blur(image, (max(3, image.shape[1] // 4), 1)).astype(np.float32)
    streaks = np.random.default_rng(seed).normal(0, 10, (image.shape[0], 1, 1))
    pale = 0.3 * drawn_out + 0.7 * (np.array(smear) + streaks)
    reach = np.clip((red - low) / (high - low), 0, 1)[..., None]
    return np.clip(image + reach * (pale - image), 0, 255).astype(np.uint8)


def low_passed(image: Array, source: NDArray[np.uint8]) -> Array:
    """Blurred inside the object only; image in [0, 1]."""
    inside = (source > 0).astype(np.float32)
    sigma = LOW_PASS * float(np.sqrt(inside.sum()))
    total = cv2.GaussianBlur(image * inside[..., None], (0, 0), sigma)
    return total / np.maximum(cv2.GaussianBlur(inside, (0, 0), sigma), 1e-6)[..., None]


def drawn(field: Field, scene: Scene) -> Array:
    """A fill at full size, HxWx3 in [0, 1], drawn inside the object's box."""
    left, upper, right, lower = scene.object
    full = np.zeros((scene.picture.height, scene.picture.width, 3), np.float32)
    levels = field.strip(upper, lower, left, right).reshape(lower - upper, right - left, 3)
    full[upper:lower, left:right] = levels / np.float32(255)
    return full


Errors = dict[str, dict[str, list[float]]]  # of each method at each degree, one a region


def errors(trial: Trial, name: str, fills: dict[str, Fill]) -> Errors:
    """CIEDE2000 of each method at each degree, for each region of one object."""
    file, box = trial.objects[name]
    image = photo(file, trial.side)
    source = cut_out(image, box)
    truth = color.rgb2lab(low_passed(image / np.float32(255), source))
    found: Errors = {m: {d: [] for d in CASES} for m in fills}
    for k, red in enumerate(regions(source, np.random.default_rng(trial.seed), trial.ramp)):
        where = (red >= 0.5) & (source > 0)
        for case, (levels, reach, picture) in cases(image, source, red, k, trial).items():
            channels = [np.uint8(np.rint(levels * 255)), source, np.zeros_like(source)]
            mask = TwoChannelMask.read(Image.fromarray(np.dstack(channels)))
            scene = Scene(Image.fromarray(picture), mask)
            for method, fill in fills.items():
                field = (told(reach) if method == ORACLE else fill)(scene)
                guess = color.rgb2lab(low_passed(drawn(field, scene), source))
                apart = color.deltaE_ciede2000(guess[where], truth[where])
                found[method][case].append(float(apart.mean()))
    return found


def cases(
    image: NDArray[np.uint8], source: NDArray[np.uint8], red: Array, seed: int, trial: Trial
) -> dict[str, tuple[Array, NDArray[np.bool_], NDArray[np.uint8]]]:
    """For each case the red channel, what is spoilt by a tenth or more, and the picture."""
    made = {}
    for degree, (low, high) in DEGREES.items():
        picture = spoilt(image, red, (low, high), seed, trial.smear)
        made[degree] = red, red >= low + 0.1 * (high - low), picture
    hole = red >= 0.5
    away = cv2.distanceTransform(np.uint8(~hole), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    for case, (width, name) in HARD.items():
        reach = hole | ((away <= width * float(np.sqrt((source > 0).sum()))) & (width > 0))
        area = reach.astype(np.float32)
        made[case] = hole.astype(np.float32), reach, spoilt(image, area, (0, 1), seed, RIMS[name])
    return made


def report(table: dict[str, Errors], methods: list[str]) -> None:
    """Means by object; then by method all means, and what most regions gain on `classic`."""
    print("| object | " + " | ".join(f"{m}: {', '.join(CASES)}" for m in methods) + " |")
    print("|---" * (len(methods) + 1) + "|")
    for name, row in table.items():
        means = (", ".join(f"{np.mean(row[m][d]):.2f}" for d in CASES) for m in methods)
        print(f"| {name} | " + " | ".join(means) + " |")
    over = {m: {d: np.array([row[m][d] for row in table.values()]) for d in CASES} for m in methods}
    base = over.get("classic", over[methods[0]])
    print("\n| method | " + " | ".join(CASES) + " | mean |")
    print("|---" * (len(CASES) + 2) + "|")
    for m in methods:
        cells = []
        for d in CASES:
            change = over[m][d].mean() / base[d].mean() - 1
            low, median, high = np.percentile(over[m][d] / base[d] - 1, [25, 50, 75])
            cells.append(
                f"{over[m][d].mean():.2f} ({change:+.0%}; "
                f"median region {median:+.0%}, quartiles {low:+.0%} to {high:+.0%})"
            )
        print(f"| {m} | " + " | ".join(cells) + f" | {np.mean(list(over[m].values())):.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--trial", choices=list(TRIALS), default="bench")
    parser.add_argument("--objects", help="some of the trial's, by comma")
    parser.add_argument("--methods", default=",".join([*METHODS, ORACLE]))
    asked = parser.parse_args()
    trial, methods = TRIALS[asked.trial], asked.methods.split(",")
    names = asked.objects.split(",") if asked.objects else list(trial.objects)
    report(
        {n: errors(trial, n, {m: METHODS.get(m, METHODS["hard"]) for m in methods}) for n in names},
        methods,
    )


if __name__ == "__main__":
    main()
