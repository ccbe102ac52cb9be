"""How near each fill comes to what was really there, on photos whose truth is known.

    python -m tests.benchmarks.quality [--objects cup,cat] [--methods context,classic]

An object is cut out of each photo by GrabCut. In five regions of it the picture is spoilt by a
pale smear, as a stretched texture is, and each fill has to find the colours back. How far the
smear reaches into the red gradient is the degree: clean (not below half red), mild, heavy.
The figure is the mean CIEDE2000 between fill and truth, both low-passed inside the object,
over all pixels with any fill weight: 1 is barely visible, 10 is another colour.

Needs scikit-image (tests/benchmarks/requirements.txt). Photos are scikit-image's own.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import color, data

from neuralmaster.fills import FILLS, Field, Scene
from neuralmaster.masks import TwoChannelMask

Array = NDArray[np.float32]

# object: its photo, and a box around it as shares of width and height (left, upper, right, lower)
OBJECTS = {
    "astronaut": ("astronaut", (0.03, 0.02, 0.90, 0.99)),
    "cat": ("chelsea", (0.10, 0.05, 0.85, 0.98)),
    "cup": ("coffee", (0.20, 0.08, 0.80, 0.90)),
    "table": ("coffee", (0.62, 0.02, 0.99, 0.98)),
    "motorcycle": ("stereo_motorcycle", (0.05, 0.15, 0.95, 0.95)),
    "retina": ("retina", (0.02, 0.02, 0.98, 0.98)),
    "tissue": ("immunohistochemistry", (0.02, 0.02, 0.58, 0.55)),
}
DEGREES = {"clean": (0.5, 0.501), "mild": (0.3, 0.5), "heavy": (0.05, 0.3)}
REGIONS = 5
SIDE = 640  # photos are brought to this longer side
RAMP = 0.28  # width of the red gradient, as a share of the object's size
LOW_PASS = 0.03  # sigma, likewise


def photo(name: str) -> NDArray[np.uint8]:
    image = getattr(data, name)()
    image = image[0] if isinstance(image, tuple) else image
    scale = SIDE / max(image.shape[:2])
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


def regions(source: NDArray[np.uint8], rng: np.random.Generator) -> Iterator[Array]:
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
        red = np.clip(0.5 + depth / (RAMP * size), 0, 1)
        red = red * red * (3 - 2 * red)
        inside = red[source > 0]
        if (inside < 0.1).mean() > 0.2 and (inside > 0.5).mean() > 0.05:
            made += 1
            yield red.astype(np.float32)


def spoilt(image: NDArray[np.uint8], red: Array, degree: str, seed: int) -> NDArray[np.uint8]:
    """The photo with a pale horizontal smear where red is high, fading in over the degree."""
    low, high = DEGREES[degree]
    smear = cv2.blur(image, (max(3, image.shape[1] // 4), 1)).astype(np.float32)
    streaks = np.random.default_rng(seed).normal(0, 10, (image.shape[0], 1, 1))
    pale = 0.3 * smear + 0.7 * (225 + streaks)
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


Fill = Callable[[Scene], Field]


def errors(name: str, fills: dict[str, Fill]) -> dict[str, dict[str, float]]:
    """Mean CIEDE2000 of each method at each degree, over the regions of one photo."""
    file, box = OBJECTS[name]
    image = photo(file)
    source = cut_out(image, box)
    truth = color.rgb2lab(low_passed(image / np.float32(255), source))
    found: dict[str, dict[str, list[float]]] = {m: {d: [] for d in DEGREES} for m in fills}
    for k, red in enumerate(regions(source, np.random.default_rng(7))):
        mask = Image.fromarray(
            np.dstack([np.uint8(np.rint(red * 255)), source, np.zeros_like(source)])
        )
        where = (red >= 0.5) & (source > 0)
        for degree in DEGREES:
            picture = Image.fromarray(spoilt(image, red, degree, k))
            scene = Scene(picture, TwoChannelMask.read(mask))
            for method, fill in fills.items():
                guess = color.rgb2lab(low_passed(drawn(fill(scene), scene), source))
                found[method][degree].append(color.deltaE_ciede2000(guess, truth)[where].mean())
    return {m: {d: float(np.mean(v)) for d, v in ds.items()} for m, ds in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--objects", default=",".join(OBJECTS))
    parser.add_argument("--methods", default=",".join(FILLS))
    asked = parser.parse_args()
    methods = asked.methods.split(",")
    table = {p: errors(p, {m: FILLS[m] for m in methods}) for p in asked.objects.split(",")}
    print(f"{'':24}" + "".join(f"{m:>27}" for m in methods))
    print(f"{'':24}" + "".join(f"{d:>9}" for _ in methods for d in DEGREES))
    for name, row in table.items():
        print(f"{name:24}" + "".join(f"{row[m][d]:9.2f}" for m in methods for d in DEGREES))
    mean = {
        m: {d: np.mean([row[m][d] for row in table.values()]) for d in DEGREES} for m in methods
    }
    print(f"{'mean':24}" + "".join(f"{mean[m][d]:9.2f}" for m in methods for d in DEGREES))
    for m in methods:
        overall = np.mean(list(mean[m].values()))
        against = np.mean(list(mean.get("classic", mean[m]).values()))
        print(f"{m}: {overall:.2f} over all degrees, {overall / against - 1:+.0%} against classic")


if __name__ == "__main__":
    main()
