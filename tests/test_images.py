from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from neuralmaster import images

LEVELS = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_a_standard_mode_is_passed_through(mode):
    image = Image.new(mode, (3, 2))
    assert images.standard(image) is image


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("1", "L"), ("P", "RGB"), ("CMYK", "RGB"), ("YCbCr", "RGB"), ("HSV", "RGB"), ("RGBX", "RGB"),
     ("La", "LA"), ("RGBa", "RGBA"), ("PA", "RGBA"), ("I", "L"), ("F", "L"), ("I;16", "L")],
)  # fmt: skip
def test_other_modes_become_the_nearest_standard_one(mode, expected):
    assert images.standard(Image.new(mode, (3, 2))).mode == expected


def test_sixteen_bit_gray_is_scaled():
    wide = Image.fromarray(LEVELS.astype(np.uint16) * 257)
    assert wide.mode == "I;16"
    assert np.array_equal(np.asarray(images.standard(wide)), LEVELS)
    assert np.array_equal(np.asarray(images.standard(wide.convert("I"))), LEVELS)


def test_integer_and_float_gray_are_read_by_their_range():
    gray = Image.fromarray(LEVELS)
    assert np.array_equal(np.asarray(images.standard(gray.convert("I"))), LEVELS)
    assert np.array_equal(np.asarray(images.standard(gray.convert("F"))), LEVELS)
    unit = Image.fromarray(LEVELS.astype(np.float32) / 255)
    assert np.array_equal(np.asarray(images.standard(unit)), LEVELS)


def test_floats_that_are_no_numbers_are_dark():
    image = Image.fromarray(np.array([[np.nan, 1.0, -3.0]], np.float32))
    assert np.asarray(images.standard(image)).tolist() == [[0, 255, 0]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0.2, 1, np.inf], [0, 51, 255, 255]),
        ([0, 51, 200, -np.inf], [0, 51, 200, 0]),
        ([np.nan, np.inf, -np.inf, 0], [0, 255, 0, 0]),
        ([3e38, -3e38, np.nan, 200], [255, 0, 0, 200]),
        ([0, 1.5, 255, 300], [0, 2, 255, 255]),
    ],
)
def test_infinite_floats_are_at_the_ends_of_the_scale_that_the_others_have(values, expected):
    image = Image.fromarray(np.array([values], np.float32))
    assert np.asarray(images.standard(image)).tolist() == [expected]


def test_a_transparent_palette_entry_becomes_alpha():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)
    image.info["transparency"] = 1
    assert np.asarray(images.standard(image)).tolist() == [[[10, 20, 30, 255], [40, 50, 60, 0]]]


@pytest.mark.parametrize("mode", ["P", "PA"])
def test_a_palette_of_transparent_colours_becomes_alpha(mode):
    image = Image.new(mode, (2, 1))
    image.putpalette([10, 20, 30, 255, 40, 50, 60, 0], "RGBA")
    image.putpixel((1, 0), (1, 0) if mode == "PA" else 1)
    standard = images.standard(image)
    assert standard.mode == "RGBA"
    assert standard.getpixel((1, 0))[3] == 0
    if mode == "P":
        assert standard.getpixel((0, 0)) == (10, 20, 30, 255)


def test_a_transparent_gray_level_and_a_transparent_colour_become_alpha():
    gray = Image.fromarray(np.array([[7, 8]], np.uint8))
    gray.info["transparency"] = 8
    assert np.asarray(images.standard(gray)).tolist() == [[[7, 255], [8, 0]]]
    colour = Image.fromarray(np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8))
    colour.info["transparency"] = (4, 5, 6)
    assert np.asarray(images.standard(colour)).tolist() == [[[1, 2, 3, 255], [4, 5, 6, 0]]]


def test_a_mode_without_readable_colours_is_refused():
    with pytest.raises(ValueError, match=r"^expected a gray, RGB or CMYK picture, got mode LAB$"):
        images.standard(Image.new("LAB", (2, 2)))


def test_an_empty_picture_is_refused():
    with pytest.raises(ValueError, match=r"^expected a picture with pixels, got 0x4$"):
        images.standard(Image.new("RGB", (0, 4)))


def test_the_profile_of_inks_is_not_carried_over_to_rgb():
    image = Image.new("CMYK", (2, 2))
    image.info["icc_profile"] = b"inks"
    assert "icc_profile" not in images.standard(image).info
    assert image.info["icc_profile"] == b"inks"


@pytest.mark.parametrize("multiple", [1, 7, 300])
@pytest.mark.parametrize("box", [(0, 0, 1, 1), (3, 5, 2000, 1005), (0, 9, 200_000, 12)])
def test_strips_cover_a_box_once(box, multiple):
    strips = list(images.strips(box, multiple))
    assert strips[0][0] == box[1]
    assert strips[-1][1] == box[3]
    assert all(a[1] == b[0] for a, b in pairwise(strips))
    assert all((last - first) % multiple == 0 for first, last in strips[:-1])


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_a_box_is_written_back_as_it_was_read(mode):
    bands = len(mode)
    levels = np.random.default_rng(0).integers(0, 256, (6, 5, bands), np.uint8).squeeze()
    image = Image.fromarray(levels)
    copy = Image.new(mode, image.size)
    for box in [(0, 0, 5, 4), (0, 4, 2, 6), (2, 4, 5, 6)]:
        part = images.read_box(image, box)
        channels = images.read_channels(image, box)
        assert np.array_equal(np.dstack(channels).reshape(part.shape), part)
        assert part.shape == (box[3] - box[1], (box[2] - box[0]) * bands)
        images.write_box(copy, box, part)
    assert np.array_equal(np.asarray(copy), levels)


def test_blending_is_exact_at_both_ends_and_within_a_level_between():
    image, over = np.meshgrid(np.arange(256), np.arange(256))
    image, over = image.astype(np.uint8), over.astype(np.uint8)
    for level in range(256):
        weight = np.full_like(image, level)
        exact = image + (over.astype(float) - image) * level / 255
        error = np.abs(images.blend(image, over, weight) - exact)
        assert error.max() <= (0 if level in (0, 255) else 1.01)


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (4, 1), (2, 3)])
def test_above_is_above_at_any_size(size):
    plane = np.full(size, 128, np.uint8)
    assert images.above(plane, 127).tolist() == np.full(size, 255).tolist()
    assert images.above(plane, 128).tolist() == np.zeros(size).tolist()


def test_levels_round_and_clip():
    values = np.array([-1, 0, 0.5, 1, 2, 99.6 / 255], np.float32)
    assert images.to_levels(values).tolist() == [0, 0, 128, 255, 255, 100]
