"""What a fill keeps and where its colours come from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fills import FILLS
from neuralmaster.masks import TwoChannelMask
from tests.pictures import (
    BACKGROUND,
    OBJECT,
    SPOILT,
    assert_flat,
    flat_scene,
    pixels,
    ramp,
    textured_scene,
    two_channel,
)

METHODS = [name for name, fill in FILLS.items() if fill.needs_object]


def fill_weight(mask, invert=False):
    """w as docs/mask-format.md has it, in float64."""
    read = TwoChannelMask.read(mask)
    red = read.inpaint / 255
    red = 1 - red if invert else red
    return read.source / 255 * np.clip(2 * red - 1, 0, 1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [16, 17, 64, 333, 1024])
def test_a_flat_object_fills_as_its_own_colour(method, size):
    image, mask = flat_scene(size)
    prepared = preprocess(image, mask, FillParams(method=method))
    assert prepared.applied
    assert prepared.reason == ""
    assert prepared.mean == OBJECT
    # white only remains where the red gradient keeps a part of it
    weight = fill_weight(mask)[..., None]
    expected = np.asarray(image) + weight * (np.array(OBJECT) - np.asarray(image, float))
    assert np.abs(pixels(prepared.image) - expected).max() <= 1.5
    assert_flat(prepared.image, fill_weight(mask) == 1)


@pytest.mark.parametrize("method", METHODS)
def test_a_large_flat_object_fills_as_its_own_colour(method):
    image, mask = flat_scene(4096)
    prepared = preprocess(image, mask, FillParams(method=method))
    assert prepared.mean == OBJECT
    assert_flat(prepared.image, np.s_[1024:3072, 2900:3072])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("red", [0, 126])
@pytest.mark.parametrize("size", [16, 100, 700])
def test_one_pixel_of_context_is_enough(method, red, size):
    image = Image.new("RGB", (size, size), SPOILT)
    image.putpixel((2, size - 3), OBJECT)
    inpaint = np.full((size, size), 255)
    inpaint[0, 0] = 0
    inpaint[size - 3, 2] = red
    green = np.full((size, size), 255)
    green[0] = 0
    prepared = preprocess(image, two_channel(inpaint, green), FillParams(method=method))
    assert prepared.applied
    assert prepared.useful == 1 / size**2
    assert_flat(prepared.image, (green == 255) & (inpaint == 255))


@pytest.mark.parametrize("method", FILLS)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("invert", [False, True])
def test_pixels_without_fill_weight_keep_their_bytes(method, mode, invert):
    image, mask = textured_scene(150, 97)
    image = image.convert(mode)
    prepared = preprocess(image, mask, FillParams(method=method), invert=invert)
    assert prepared.applied
    assert prepared.image.mode == mode
    changed = (pixels(prepared.image) != pixels(image)).reshape(97, 150, -1).any(axis=2)
    weight = fill_weight(mask, invert)
    assert not changed[weight == 0].any()
    assert changed[weight > 0.5].mean() > 0.9


def test_where_red_is_below_half_or_green_is_none_nothing_changes():
    image, mask = textured_scene(64, 64)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    changed = (pixels(preprocess(image, mask).image) != pixels(image)).any(axis=2)
    assert changed.any()
    assert not changed[(red < 128) | (green == 0)].any()


@pytest.mark.parametrize("method", METHODS)
def test_no_colour_comes_from_outside_the_object_or_inside_the_hole(method):
    image, mask = textured_scene(120, 90)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    other = pixels(image).copy()
    other[(green == 0) | (red >= 128)] = (0, 255, 0)
    params = FillParams(method=method)
    full = fill_weight(mask) == 1
    ours = pixels(preprocess(image, mask, params).image)
    theirs = pixels(preprocess(Image.fromarray(other), mask, params).image)
    assert full.any()
    assert np.array_equal(ours[full], theirs[full])


@pytest.mark.parametrize("method", METHODS)
def test_transparent_pixels_give_no_colour(method):
    image, mask = flat_scene(60)
    rgba = np.dstack([pixels(image), np.full((60, 60), 255, np.uint8)])
    rgba[::2] = (0, 255, 0, 0)
    prepared = preprocess(Image.fromarray(rgba), mask, FillParams(method=method))
    region = fill_weight(mask) == 1
    assert np.abs(pixels(prepared.image)[..., :3][region].astype(int) - OBJECT).max() <= 1
    assert np.array_equal(pixels(prepared.image)[..., 3], rgba[..., 3])


@pytest.mark.parametrize("method", METHODS)
def test_a_gray_picture_is_filled_as_its_colour_twin_is(method):
    image, mask = textured_scene(80, 80)
    gray = image.convert("L")
    params = FillParams(method=method)
    filled = pixels(preprocess(gray, mask, params).image)
    twin = pixels(preprocess(gray.convert("RGB"), mask, params).image)
    assert np.abs(twin - filled[..., None].astype(int)).max() <= 1


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "I", "F", "LA", "RGBA", "I;16"])
def test_every_mode_of_image_is_filled(mode):
    image, mask = flat_scene(40)
    source = Image.new(mode, (40, 40)) if mode == "I;16" else image.convert(mode)
    prepared = preprocess(source, mask)
    assert prepared.applied
    assert prepared.image.size == (40, 40)
    assert prepared.image.mode in ("L", "LA", "RGB", "RGBA")


def test_inverting_fills_where_red_is_low():
    size = 64
    green = np.zeros((size, size))
    green[8:56, 8:56] = 255
    red = ramp(size, 0.4, 0.6)
    image = np.empty((size, size, 3), np.uint8)
    image[:] = BACKGROUND
    image[(green > 0) & (red >= 128)] = OBJECT
    image[(green > 0) & (red < 128)] = SPOILT
    prepared = preprocess(Image.fromarray(image), two_channel(red, green), invert=True)
    assert_flat(prepared.image, (green > 0) & (red == 0))
    # the host inverts for itself
    assert np.array_equal(pixels(prepared.inpaint_mask), red)


@pytest.mark.parametrize("size", [(40, 10), (10, 40)])
def test_useful_is_the_share_of_the_picture_that_gave_colour(size):
    red, green = np.zeros((2, size[1], size[0]))
    red[:5, :5], green[5:10, :10] = 255, 255
    prepared = preprocess(Image.new("RGB", size, OBJECT), two_channel(red, green))
    assert prepared.useful == 50 / 400
    assert prepared.mean == OBJECT


def test_inverting_twice_by_hand_is_the_same():
    image, mask = textured_scene(70, 50)
    flipped = two_channel(255 - np.array(mask)[..., 0], np.array(mask)[..., 1])
    ours, theirs = preprocess(image, mask), preprocess(image, flipped, invert=True)
    assert ours.image.tobytes() == theirs.image.tobytes()


def test_inputs_are_left_as_they_were():
    image, mask = textured_scene(50, 40)
    before = image.tobytes(), mask.tobytes()
    prepared = preprocess(image, mask)
    assert (image.tobytes(), mask.tobytes()) == before
    assert prepared.image is not image


def test_the_same_job_twice_gives_the_same_bytes():
    image, mask = textured_scene(211, 97)
    for method in METHODS:
        params = FillParams(method=method)
        assert preprocess(image, mask, params).image.tobytes() == (
            preprocess(image, mask, params).image.tobytes()
        )


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    seed=st.integers(0, 2**32 - 1),
    method=st.sampled_from(METHODS),
    invert=st.booleans(),
    contrast=st.floats(0, 1),
)
def test_any_mask_keeps_the_promises(size, seed, method, invert, contrast):
    rng = np.random.default_rng(seed)
    shape = (size[1], size[0])
    red, green = (rng.integers(0, 256, (2, *shape)) * contrast).round()
    image = Image.fromarray(rng.integers(0, 256, (*shape, 3), np.uint8))
    mask = two_channel(red, green)
    prepared = preprocess(image, mask, FillParams(method=method), invert=invert)
    weight = fill_weight(mask, invert)
    before, after = pixels(image), pixels(prepared.image)
    assert prepared.applied == (prepared.reason == "")
    if not prepared.applied:
        assert np.array_equal(before, after)
        return
    assert np.array_equal(before[weight == 0], after[weight == 0])
    # a fill is an average of context colours, so it is never outside their range
    read = TwoChannelMask.read(mask)
    outside = (read.inpaint > 127) if invert else (read.inpaint < 128)
    context = before[outside & (read.source > 0)].astype(int)
    full = after[weight == 1].astype(int)
    assert (full >= context.min(axis=0) - 1).all()
    assert (full <= context.max(axis=0) + 1).all()
