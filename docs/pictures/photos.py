"""The pictures of photos that are spoilt on purpose: fills, surfaces, matched results."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neuralmaster import FillParams, SamplingParams, TwoChannelMask, images, match, preprocess
from neuralmaster.making import presets
from neuralmaster.sheet import host_fill
from tests.benchmarks import quality, texture

SURFACES = (  # regions of tests/benchmarks/quality.py
    *(("bench", "cat", 1), ("bench", "tissue", 1), ("bench", "table", 2), ("bench", "cup", 2)),
    *(("held-out", "coins", 0), ("held-out", "saucer", 2)),
)
BRUSHED = (("face", 1), ("saucer", 2), ("tank", 0), ("rocket", 1), ("coins", 0))  # likewise


def trust(name: str) -> dict[str, Image.Image]:
    """A photo whose object is spoilt in the hole alone, and far into the gradient; the fills."""
    trial = quality.TRIALS["bench"]
    file, box = trial.objects[name]
    photo = quality.photo(file, trial.side)
    source = quality.cut_out(photo, box)
    _, red, *_ = quality.regions(source, np.random.default_rng(3), 0.12)  # a band across
    levels = images.to_levels(red)
    mask = Image.fromarray(np.dstack([levels, source, np.zeros_like(source)]))
    panels = {}
    for degree, told in (("clean", "spoilt in the hole"), ("heavy", "far into the gradient")):
        spoilt = quality.spoilt(photo, red * (source > 0), quality.DEGREES[degree], 0, trial.smear)
        spoilt = Image.fromarray(spoilt)
        panels[f"Input, {told}"] = spoilt
        panels[f"The WebUI's own fill ({degree})"] = host_fill(spoilt, Image.fromarray(levels))
        for method in ("classic", "context"):
            filled = preprocess(spoilt, mask, FillParams(method=method)).image
            panels[f"{method} ({degree})"] = filled
    return panels


def brushes() -> dict[str, Image.Image]:
    """Photos whose hard brush left a rim of the spoilt part, around the hole; the fills."""
    trial = quality.TRIALS["held-out"]
    panels = {}
    for name, number in BRUSHED:
        file, box = trial.objects[name]
        photo = quality.photo(file, trial.side)
        source = quality.cut_out(photo, box)
        red = list(quality.regions(source, np.random.default_rng(trial.seed), trial.ramp))[number]
        levels, _, spoilt = quality.cases(photo, source, red, number, trial)["white 1.5%"]
        hole = (levels * 255).astype(np.uint8)
        mask = Image.fromarray(np.dstack([hole, source, np.zeros_like(source)]))
        spoilt = Image.fromarray(spoilt)
        box = square_around((hole > 0) & (source > 0), spoilt.size)
        panels[f"{name}, spoilt"] = spoilt.crop(box)
        panels[f"the WebUI's fill ({name})"] = host_fill(spoilt, mask.getchannel("R")).crop(box)
        for method in ("classic", "context"):
            filled = preprocess(spoilt, mask, FillParams(method=method)).image
            panels[f"{method} ({name})"] = filled.crop(box)
    return panels


def textures() -> dict[str, Image.Image]:
    """Regions of photos, filled smoothly, with grain and with the object's own surface."""
    panels = {}
    for trial, name, number in SURFACES:
        case = list(texture.cases(quality.TRIALS[trial], name, "clean"))[number]
        marked = Image.fromarray(np.where(case.hole[..., None], np.uint8(128), case.truth))
        box = square_around(case.hole, marked.size)
        panels[f"{name}: to be filled"] = marked.crop(box)
        for fill in ("context", "context, grain", "texture"):
            filled = np.where(case.hole[..., None], texture.MAKERS[fill](case), case.truth)
            panels[f"{fill} ({name})"] = Image.fromarray(filled).crop(box)
    return panels


def matches() -> dict[str, Image.Image]:
    """A photo repainted in a disc by a model that only tints, and in another colour; matched."""
    photo = quality.photo("chelsea", 400)
    height, width = photo.shape[:2]
    y, x = (np.mgrid[:height, :width] + 0.5) / height
    disc = 255 * (np.hypot(x - 0.75, y - 0.5) < 0.36)
    mask = Image.fromarray(np.dstack([disc, np.full_like(disc, 255), 0 * disc]).astype(np.uint8))
    tinted = photo * [0.9, 0.98, 0.94] + np.array([30, 2, -6]) * (1.2 - y[..., None])
    other = tinted + (disc > 0)[..., None] * np.array([-40, 10, 60])
    results = {
        name: Image.fromarray(levels.clip(0, 255).astype(np.uint8))
        for name, levels in (("tinted", tinted), ("of another colour", other))
    }
    panels = {"Original": Image.fromarray(photo)}
    for title, name, params in (
        ("tinted: off", "tinted", SamplingParams(match="off")),
        ("tinted: seam", "tinted", SamplingParams()),
        ("of another colour: off", "of another colour", SamplingParams(match="off")),
        ("object, strength 0.5", "of another colour", SamplingParams("hard", "object", 0.5)),
        ("object, strength 1", "of another colour", SamplingParams(match="object")),
    ):
        panels[title] = match(panels["Original"], results[name], mask, params).image
    return panels


def removed() -> dict[str, Image.Image]:
    """A part of photos of surfaces, removed as the studio does, by context and by texture."""
    panels = {}
    for name in ("gravel", "brick", "grass"):
        image = Image.fromarray(quality.photo(name, 512))
        unwanted = np.zeros((512, 512), np.uint8)
        unwanted[196:316, 176:336] = 255
        rim = presets.rim_for(image.size)
        mask = presets.remove(unwanted, rim, rim)
        marked = Image.composite(
            Image.new("RGB", image.size, (128, 128, 128)), image, mask_of(mask)
        )
        panels[f"{name}: to be removed"] = marked
        for method in ("context", "texture"):
            panels[f"{method} ({name})"] = preprocess(image, mask, FillParams(method=method)).image
    return {label: panel.crop((106, 106, 406, 406)) for label, panel in panels.items()}


def mask_of(mask: TwoChannelMask) -> Image.Image:
    """What is repainted, as L."""
    return images.plane_image(images.above(mask.inpaint, 127))


def square_around(region: NDArray[np.bool_], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A square of 300 pixels about the middle of a region, inside a picture."""
    ys, xs = np.nonzero(region)
    left = min(max(0, int(xs.mean()) - 150), max(0, size[0] - 300))
    upper = min(max(0, int(ys.mean()) - 150), max(0, size[1] - 300))
    return (left, upper, left + 300, upper + 300)
