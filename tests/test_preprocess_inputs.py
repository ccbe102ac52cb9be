"""The pictures and masks that `preprocess` takes, and when it leaves the image."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fallbacks import NO_CONTEXT
from neuralmaster.fills import FILLS
from tests.pictures import (
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
NOTHING_TO_FILL = (
    "Nothing was filled: the useful object and the area to repaint do not overlap; "
    "mark the object in green inside the red as well."
)


def test_the_inpaint_mask_is_the_stretched_red_channel():
    image, _ = flat_scene(8)
    prepared = preprocess(image, two_channel(ramp(8, 0, 1) / 2, 255 - ramp(8, 0, 1)))
    levels = ramp(8, 0, 1) / 2
    stretched = (levels.round() - levels.min().round()) / np.ptp(levels.round()) * 255
    assert prepared.inpaint_mask.mode == "L"
    assert np.abs(pixels(prepared.inpaint_mask) - stretched).max() <= 4


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_matching_mask_leaves_the_image_and_says_so(mode):
    image, _ = textured_scene(32, 32)
    mask = Image.fromarray(ramp(32, 0.3, 0.7).astype(np.uint8)).convert(mode)
    prepared = preprocess(image, mask)
    assert not prepared.applied
    assert "red and green channels match" in prepared.reason
    assert prepared.image.tobytes() == image.tobytes()
    assert np.array_equal(pixels(prepared.inpaint_mask), ramp(32, 0.3, 0.7))


@pytest.mark.parametrize("method", METHODS)
def test_an_object_wholly_inside_the_region_leaves_no_context(method):
    image, _ = textured_scene(32, 32)
    green = np.zeros((32, 32))
    green[12:20, 20:28] = 255
    prepared = preprocess(image, two_channel(ramp(32, 0.2, 0.4), green), FillParams(method=method))
    assert not prepared.applied
    assert prepared.fallback == NO_CONTEXT
    assert prepared.image.tobytes() == image.tobytes()


def test_an_object_beside_the_region_is_noted():
    image, _ = textured_scene(32, 32)
    green = np.zeros((32, 32))
    green[4:12, 2:8] = 255
    prepared = preprocess(image, two_channel(ramp(32, 0.4, 0.6), green))
    assert prepared.applied
    assert prepared.notes == (NOTHING_TO_FILL,)
    assert prepared.image.tobytes() == image.tobytes()


def test_a_mask_of_another_size_is_resized_with_a_note():
    image = Image.new("RGB", (64, 64), OBJECT)
    image.paste(SPOILT, (32, 0, 64, 64))
    green = np.full((64, 64), 255)
    green[:8] = 0
    mask = two_channel(ramp(64, 0.3, 0.5), green).resize((32, 48))
    prepared = preprocess(image, mask)
    assert prepared.notes == (
        "The mask is 32x48 and the image 64x64: the mask was resized to the image.",
    )
    assert prepared.inpaint_mask.size == prepared.image.size == (64, 64)
    assert_flat(prepared.image, np.s_[12:, 36:])


def test_the_whole_picture_can_be_the_object():
    image = Image.new("RGB", (40, 40), OBJECT)
    image.paste(SPOILT, (28, 0, 40, 40))
    mask = Image.fromarray(ramp(40, 0.5, 0.6).astype(np.uint8))
    prepared = preprocess(image, mask, FillParams(source="all"))
    assert prepared.applied
    assert_flat(prepared.image, np.s_[:, 28:])


def test_the_object_can_be_what_is_not_transparent():
    image, mask = flat_scene(64)
    red = mask.getchannel("R")
    image.putalpha(mask.getchannel("G"))
    prepared = preprocess(image, red, FillParams(source="alpha"))
    assert prepared.applied
    assert prepared.mean == OBJECT
    two = preprocess(image, mask)
    assert prepared.image.tobytes() == two.image.tobytes()


@pytest.mark.parametrize("opacity", [None, 0])
def test_without_transparency_alpha_marks_no_object(opacity):
    image, mask = flat_scene(16)
    if opacity is not None:
        image.putalpha(opacity)
    prepared = preprocess(image, mask, FillParams(source="alpha"))
    assert prepared.reason == (
        "Original is used: the image has no transparency that could show the useful object; "
        "mark the object in the mask's green channel, or choose another source for it."
    )


@pytest.mark.parametrize("source", ["alpha", "all"])
def test_no_source_repairs_a_mask_that_marks_nothing(source):
    image, _ = flat_scene(16)
    mask = Image.new("L", (16, 16))
    prepared = preprocess(image.convert("RGBA"), mask, FillParams(source=source))
    assert "red channel is flat" in prepared.reason


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 3), (5000, 1)])
@pytest.mark.parametrize("method", METHODS)
def test_the_smallest_pictures(size, method):
    image = Image.new("RGB", size, SPOILT)
    image.putpixel((0, 0), OBJECT)
    red, green = np.full((2, size[1], size[0]), 255)
    red[0, 0] = 0
    prepared = preprocess(image, two_channel(red, green), FillParams(method=method))
    if size == (1, 1):
        assert "flat" in prepared.reason
    else:
        assert_flat(prepared.image, np.s_[:, :])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("grain", [0, 1])
@pytest.mark.parametrize("size", [(5, 5), (1, 9), (9, 1)])
def test_an_object_of_a_single_pixel(method, grain, size):
    image = Image.new("RGB", size, SPOILT)
    red, green = np.zeros((2, size[1], size[0]))
    red.flat[0], green.flat[-1] = 255, 255
    params = FillParams(method=method, grain=grain)
    prepared = preprocess(image, two_channel(red, green), params)
    assert prepared.applied
    assert prepared.useful == 1 / green.size
    assert prepared.notes == (NOTHING_TO_FILL,)
    assert prepared.image.tobytes() == image.tobytes()
    red.flat[-1] = 255  # now the object is all to be repainted
    red.flat[1] = 255
    assert preprocess(image, two_channel(red, green), params).fallback == NO_CONTEXT


@pytest.mark.parametrize("image", [None, "image.png", np.zeros((2, 2, 3), np.uint8)])
def test_what_is_no_picture_is_refused(image):
    with pytest.raises(ValueError, match=r"^expected a PIL image, got \w+$"):
        preprocess(image, Image.new("L", (2, 2)))


def test_a_truncated_picture_is_refused(tmp_path):
    path = tmp_path / "cut.png"
    textured_scene(64, 64)[0].save(path)
    path.write_bytes(path.read_bytes()[:2000])
    with (
        Image.open(path) as image,
        pytest.raises(ValueError, match=r"^expected a whole picture, got a damaged one \("),
    ):
        preprocess(image, Image.new("L", (64, 64)))


def test_a_fill_that_stays_transparent_is_told():
    """The object lies where the red gradient is not yet full."""
    image, mask = flat_scene(64)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    within = two_channel(red, np.where((red > 200) & (green > 0), 0, green))
    peak = int(red[(green > 0) & (red <= 200)].max())
    assert preprocess(image, mask).notes == ()
    assert preprocess(image, within).notes == (
        f"The fill is partly transparent: red reaches only level {peak} of 255 inside the useful "
        "object, and only full red shows the fill alone; paint its middle in full red or use a "
        "narrower feather.",
    )
