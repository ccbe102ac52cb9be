"""How a fill gets into the picture, to the level; and what is told of it."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, TwoChannelMask, preprocess
from neuralmaster.fallbacks import NO_CONTEXT, Cause
from tests.pictures import pixels, textured_scene, two_channel

MEAN = FillParams(method="mean")
NOTHING_TO_FILL = (
    "Nothing was filled: the useful object and the area to repaint do not overlap; "
    "mark the object in green inside the red as well."
)


def all_levels():
    """Red rises from left to right, green from top to bottom, each by one level a pixel."""
    red, green = np.meshgrid(np.arange(256), np.arange(256))
    return red, green


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_each_red_and_green_has_its_weight(mode):
    """White flows into black, so every level is a weight."""
    red, green = all_levels()
    image = Image.fromarray(np.uint8(255 * (red < 128))).convert(mode)
    prepared = preprocess(image, two_channel(red, green), MEAN)
    read = TwoChannelMask.read(two_channel(red, green))
    rises = np.rint(np.clip(2 * red / 255 - 1, 0, 1) * 255)
    expected = np.where(red < 128, 255, np.rint(rises * read.source / 255))
    filled = pixels(prepared.image).reshape(256, 256, -1)
    colours = 1 if mode in ("L", "LA") else 3
    for band in range(colours):
        assert np.array_equal(filled[..., band], expected)
    if mode.endswith("A"):
        assert (filled[..., -1] == 255).all()
    assert prepared.mean == (255,) * colours
    assert prepared.notes == ()


@pytest.mark.parametrize("place", [(0, 0), (4, 0), (0, 6), (4, 6), (2, 3)])
@pytest.mark.parametrize(("level", "filled"), [(127, False), (128, True), (192, True)])
def test_a_single_pixel_from_half_red_on_is_filled(place, level, filled):
    x, y = place
    red, green = np.zeros((7, 5)), np.full((7, 5), 255)
    red[y, x] = level
    red[(y + 1) % 7, (x + 1) % 5], green[(y + 1) % 7, (x + 1) % 5] = 255, 0
    image = Image.new("L", (5, 7), 255)
    image.putpixel(place, 0)
    prepared = preprocess(image, two_channel(red, green), MEAN)
    expected = np.full((7, 5), 255)
    expected[y, x] = round(max(2 * level - 255, 0))
    assert pixels(prepared.image).tolist() == expected.tolist()
    assert (NOTHING_TO_FILL in prepared.notes) is not filled
    assert prepared.applied


def test_the_same_comes_out_however_many_strips_it_takes():
    """A wide picture is filled in many strips, some of which have nothing to fill."""
    width = 3000
    red, green = np.zeros((2, 90, width))
    green[:, :] = 255
    red[3:5, 10:2900] = red[70:88, 7:9] = 255
    image = Image.new("RGB", (width, 90), (10, 200, 30))
    image.paste((255, 255, 255), (10, 3, 2900, 5))
    image.paste((0, 0, 0), (7, 70, 9, 88))
    prepared = preprocess(image, two_channel(red, green), MEAN)
    assert (pixels(prepared.image) == (10, 200, 30)).all()
    assert prepared.useful == (90 * width - 2 * 2890 - 18 * 2) / (90 * width)


def test_an_image_that_stays_as_it_is_is_a_copy_with_nothing_counted():
    image, mask = textured_scene(40, 30)
    red = mask.getchannel("R")
    prepared = preprocess(image, red)
    assert prepared.fallback.cause is Cause.CHANNELS_MATCH
    assert prepared.image is not image
    assert prepared.image.tobytes() == image.tobytes()
    assert prepared.inpaint_mask.tobytes() == red.tobytes()
    assert (prepared.useful, prepared.mean, prepared.notes) == (0.0, (), ())


def test_without_context_notes_are_told_nevertheless():
    red, green = np.zeros((2, 32, 32))
    red[:16], green[4:12, 4:12] = 255, 255
    image = Image.new("RGB", (64, 64), (1, 2, 3))
    prepared = preprocess(image, two_channel(red, green))
    assert prepared.fallback == NO_CONTEXT
    assert prepared.notes == (
        "The mask is 32x32 and the image 64x64: the mask was resized to the image.",
    )
    assert (prepared.useful, prepared.mean) == (0.0, ())


def test_that_nothing_was_filled_is_told_after_other_notes():
    red, green = np.zeros((2, 32, 32))
    red[:, :8], green[:, 24:] = 255, 255
    image = Image.new("RGB", (64, 64), (1, 2, 3))
    prepared = preprocess(image, two_channel(red, green), MEAN)
    assert prepared.notes == (
        "The mask is 32x32 and the image 64x64: the mask was resized to the image.",
        NOTHING_TO_FILL,
    )
    assert prepared.mean == (1, 2, 3)
    assert prepared.applied


def test_the_mask_that_was_used_is_given_back_never_inverted():
    image, mask = textured_scene(64, 48)
    params = FillParams(method="mean", feather=9)
    expected = TwoChannelMask.read(mask).feathered(9)
    for invert in (False, True):
        prepared = preprocess(image, mask, params, invert=invert)
        assert np.array_equal(prepared.mask.inpaint, expected.inpaint)
        assert np.array_equal(prepared.mask.source, expected.source)
        assert np.array_equal(pixels(prepared.inpaint_mask), expected.inpaint)


def test_the_mean_weighs_pixels_by_red_green_and_alpha():
    """Half green counts a quarter of full green, red at three eighths a sixteenth of none."""
    red, green = np.zeros((2, 1, 8))
    red[0] = [0, 0, 96, 0, 255, 255, 0, 0]
    green[0] = [255, 128, 255, 255, 255, 0, 0, 255]
    levels = [200, 0, 0, 0, 7, 9, 250, 40]
    alpha = [255, 255, 255, 51, 255, 255, 255, 0]
    image = Image.fromarray(np.dstack([np.uint8([levels]), np.uint8([alpha])]))
    prepared = preprocess(image, two_channel(red, green), MEAN)
    weight = np.clip(1 - 2 * red[0] / 255, 0, 1) ** 2 * (green[0] / 255) ** 2
    weight *= np.array(alpha) / 255
    mean = (weight * levels).sum() / weight.sum()
    assert prepared.mean == (round(mean),)
    assert prepared.useful == 4 / 8
    assert pixels(prepared.image)[0, 4].tolist() == [round(mean), 255]


def test_the_seed_of_a_short_way_in_is_that_of_the_grain():
    image, mask = textured_scene(120, 90)
    params = FillParams(grain=1)
    zero, one = (preprocess(image, mask, params, seed=s).image.tobytes() for s in (0, 1))
    assert preprocess(image, mask, params).image.tobytes() == zero != one


def test_holes_far_apart_are_all_filled():
    """In different strips and columns, with strips between them that hold nothing to fill."""
    red = np.zeros((700, 400), np.uint8)
    holes = [(20, 300), (310, 40), (660, 200)]
    for row, column in holes:
        red[row : row + 20, column : column + 30] = 255
    image = Image.new("RGB", (400, 700), (150, 40, 20))
    image.paste((0, 0, 255), mask=Image.fromarray(red))
    prepared = preprocess(image, two_channel(red, np.full_like(red, 255)), MEAN)
    assert (pixels(prepared.image) == (150, 40, 20)).all()
