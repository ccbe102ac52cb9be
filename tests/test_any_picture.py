"""Any picture under any mask: an error of ours or a fill that keeps the promises.

NM_PICTURES is how many are tried; docs/development.md has the long run.
"""

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from PIL import Image

from neuralmaster import FillParams, TwoChannelMask, images, preprocess
from neuralmaster.params import Choice, Colour, specs

PICTURES = int(os.environ.get("NM_PICTURES", "300"))
MODES = (
    "1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV", "LAB",
    "I", "F", "I;16", "I;16L", "I;16B", "I;16N",
)  # fmt: skip
LENGTHS = st.one_of(st.integers(1, 3), st.integers(1, 40), st.integers(90, 210))
DRAWN = ("1", "L", "LA", "P", "RGB", "RGB", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F")
SMALL = st.tuples(LENGTHS, LENGTHS)
TALL = st.tuples(st.integers(1, 3), st.integers(1000, 9000))
WIDE = st.tuples(st.integers(1000, 9000), st.integers(1, 3))
LONG = st.just((70_000, 2))  # a row is more than a strip
SIZES = st.sampled_from([SMALL] * 97 + [TALL, WIDE, LONG]).flatmap(lambda sizes: sizes)
SEEDS = st.integers(0, 2**32 - 1)


def noise(rng, size):
    return rng.integers(0, 256, size[::-1])


def few_levels(rng, size):
    return rng.choice([0, 8, 9, 126, 127, 128, 129, 246, 247, 255], size[::-1])


def flat(rng, size):
    return np.full(size[::-1], rng.integers(0, 256)) + rng.integers(0, 2, size[::-1])


def pixel(rng, size):
    plane = np.full(size[::-1], rng.choice([0, 100, 255]))
    plane[rng.integers(size[1]), rng.integers(size[0])] = rng.choice([0, 100, 255])
    return plane


def slope(rng, size):
    y, x = np.mgrid[0 : size[1], 0 : size[0]] / np.array(size[::-1])[:, None, None]
    angle, at, steep = rng.uniform(0, 7), rng.uniform(-0.7, 1.2), rng.choice([1, 4, 1000])
    return (np.cos(angle) * x + np.sin(angle) * y - at) * steep * 255 + 127


def box(rng, size):
    plane = np.zeros(size[::-1])
    (top, bottom), (left, right) = (np.sort(rng.integers(0, side + 1, 2)) for side in size[::-1])
    plane[top : bottom + 1, left : right + 1] = rng.choice([90, 255])
    return plane


PLANES = st.sampled_from([noise, few_levels, flat, pixel, slope, box])


def noisy(rng, mode, size):
    """Random bytes, so floats that are no numbers as well."""
    return Image.frombytes(mode, size, rng.bytes(len(Image.new(mode, size).tobytes())))


@st.composite
def pictures(draw, size):
    rng = np.random.default_rng(draw(SEEDS))
    if draw(st.booleans()):
        picture = noisy(rng, draw(st.sampled_from(MODES)), size)
    else:
        planes = [kind(rng, size).clip(0, 255) for kind in draw(st.tuples(*[PLANES] * 4))]
        picture = Image.fromarray(np.dstack(planes).astype(np.uint8))
        picture = picture.convert(draw(st.sampled_from(DRAWN)))
    if picture.mode in ("P", "PA"):
        colours = draw(st.integers(1, 256))
        kind = draw(st.sampled_from(["RGB", "RGBA"]))
        picture.putpalette(rng.bytes(colours * len(kind)), kind)
    if picture.mode in ("1", "L", "P", "RGB", "I;16") and draw(st.booleans()):
        level = int(rng.integers(256))
        several = {"RGB": (level, 0, 255), "P": rng.bytes(level + 1)}
        picture.info["transparency"] = draw(st.sampled_from([level, several.get(picture.mode, 0)]))
        if picture.mode == "RGB":
            picture.info["transparency"] = several["RGB"]
    return picture


@st.composite
def jobs(draw):
    """Picture, mask and the choices made: every choice there is, at any value that it can have."""
    size = draw(SIZES)
    image = draw(pictures(size))
    mask = draw(pictures(size if draw(st.integers(0, 3)) else draw(SIZES)))
    if not draw(st.integers(0, 3)):
        other = draw(pictures(draw(st.sampled_from([size, mask.size]))))
        try:
            mask = TwoChannelMask.compose(mask, other).picture()
        except ValueError:
            event("no mask can be composed")
    chosen = {}
    for name, spec in specs().items():
        if isinstance(spec, Choice):
            chosen[name] = draw(st.sampled_from(spec.names))
        elif isinstance(spec, Colour):
            chosen[name] = draw(st.from_regex(spec.schema()["pattern"], fullmatch=True))
        elif draw(st.booleans()):
            chosen[name] = draw(st.floats(spec.minimum, spec.maximum))
    seed = draw(st.one_of(st.just(0), st.integers(-(2**70), 2**70)))
    return image, mask, FillParams(**chosen), {"invert": draw(st.booleans()), "seed": seed}


def state(picture):
    palette = picture.palette and (picture.palette.mode, bytes(picture.palette.palette))
    return picture.mode, picture.size, picture.tobytes(), palette, dict(picture.info)


@settings(
    max_examples=PICTURES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    derandomize="NM_PICTURES" not in os.environ,
)
@given(jobs())
def test_any_picture_and_mask_keep_the_promises(job):
    image, mask, params, more = job
    before = state(image), state(mask)
    if "LAB" in (image.mode, mask.mode):
        event("refused")
        with pytest.raises(ValueError) as error:
            preprocess(image, mask, params, **more)
        assert str(error.value) == "expected a gray, RGB or CMYK picture, got mode LAB"
        assert (state(image), state(mask)) == before
        return
    prepared = preprocess(image, mask, params, **more)
    assert (state(image), state(mask)) == before
    event("applied" if prepared.applied else "not applied")
    picture = images.standard(image)
    assert (prepared.image.mode, prepared.image.size) == (picture.mode, image.size)
    assert (prepared.inpaint_mask.mode, prepared.inpaint_mask.size) == ("L", image.size)
    assert prepared.applied == (prepared.reason == "")
    if not prepared.applied:
        assert prepared.image.tobytes() == picture.tobytes()
        return
    red, green = (plane / 255 for plane in (prepared.mask.inpaint, prepared.mask.source))
    red = 1 - red if more["invert"] else red
    weight = green * np.clip(2 * red - 1, 0, 1)
    before, after = levels(picture), levels(prepared.image)
    assert np.array_equal(after[weight == 0], before[weight == 0])
    if images.has_alpha(picture):
        assert np.array_equal(after[..., -1], before[..., -1])
    only_context_counts(picture, prepared, job, weight)


def only_context_counts(picture, prepared, job, weight):
    """With other colours wherever none may be taken from, the fill is the same."""
    _, mask, params, more = job
    original = levels(picture)
    red = prepared.mask.inpaint if not more["invert"] else 255 - prepared.mask.inpaint
    out_of_bounds = (prepared.mask.source == 0) | (red >= 128)
    if images.has_alpha(picture):
        out_of_bounds |= original[..., -1] == 0
    other = original.copy()
    colours = images.colour_channels(picture)
    other[out_of_bounds, :colours] = 255 - other[out_of_bounds, :colours]
    changed = Image.fromarray(other.squeeze(-1) if other.shape[-1] == 1 else other)
    if params.source == "auto":  # in another picture another object may be found
        mask, params = prepared.mask, replace(params, source="green", feather=0)
    made = preprocess(changed, mask, params, **more)
    full = weight == 1
    event("filled" if full.any() else "nothing filled")
    assert np.array_equal(levels(made.image)[full], levels(prepared.image)[full])


def levels(picture):
    """Height x width x bands."""
    return np.atleast_3d(np.asarray(picture))
