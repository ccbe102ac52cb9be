"""Levels and boxes of pictures, exactly; what is no picture, in whole sentences."""

import re
import struct

import numpy as np
import pytest
from PIL import Image

from neuralmaster import images


def gray(mode, *values):
    kind = {"I": np.int32, "F": np.float32, "I;16": np.uint16}[mode]
    return Image.fromarray(np.array([values], kind))


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (gray("I", 0, 100, 255), [0, 100, 255]),
        (gray("I", 0, 257, 256), [0, 1, 1]),  # from 256 on it is of 16 bits
        (gray("I", -5, 128, 70000), [0, 0, 255]),
        (gray("I;16", 0, 255, 65535), [0, 1, 255]),
        (gray("I;16", 65406, 65407, 129), [254, 255, 1]),  # the nearest of the 257 to a level
        (gray("I;16", 0, 1, 2), [0, 0, 0]),  # always of 16 bits
        (gray("F", 0, 0.5, 1), [0, 128, 255]),
        (gray("F", 0, 0.5, 1.001), [0, 0, 1]),  # from beyond 1 on it is of levels
        (gray("F", -2, -0.5, 0), [0, 0, 0]),
        (gray("F", 0, 200, 254.4), [0, 200, 254]),
    ],
)
def test_gray_is_read_by_its_scale(picture, expected):
    standard = images.standard(picture)
    assert standard.mode == "L"
    assert list(standard.tobytes()) == expected


@pytest.mark.parametrize(
    ("mode", "order"), [("I;16", "<"), ("I;16L", "<"), ("I;16B", ">"), ("I;16N", "=")]
)
def test_gray_of_sixteen_bits_is_read_in_its_own_byte_order(mode, order):
    picture = Image.frombytes(mode, (3, 1), struct.pack(f"{order}3H", 0, 257 * 7, 65535))
    assert picture.mode == mode
    assert list(images.standard(picture).tobytes()) == [0, 7, 255]


class Failing(Image.Image):
    """A picture whose decoder fails with an error."""

    def __init__(self, error):
        super().__init__()
        self._size, self.error = (2, 2), error

    def load(self):
        raise self.error


@pytest.mark.parametrize("error", [OSError("cut"), SyntaxError("cut"), IndexError("cut")])
def test_a_picture_whose_decoder_fails_is_damaged(error):
    with pytest.raises(ValueError) as refused:
        images.standard(Failing(error))
    assert str(refused.value) == "expected a whole picture, got a damaged one (cut)"
    assert refused.value.__cause__ is error


def test_a_lack_of_memory_is_no_damage():
    with pytest.raises(MemoryError):
        images.standard(Failing(MemoryError()))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("a.png", "expected a PIL image, got str"),
        (Image.new("L", (3, 0)), "expected a picture with pixels, got 3x0"),
        (Image.new("L", (0, 2)), "expected a picture with pixels, got 0x2"),
        (Image.new("LAB", (1, 1)), "expected a gray, RGB or CMYK picture, got mode LAB"),
    ],
)
def test_what_is_no_picture_is_told_whole(given, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        images.standard(given)


def test_only_the_profile_of_inks_is_dropped():
    for mode in ("CMYK", "YCbCr", "1"):
        picture = Image.new(mode, (1, 1))
        picture.info.update(icc_profile=b"profile", dpi=(72, 72))
        info = images.standard(picture).info
        assert info["dpi"] == (72, 72)
        assert info.get("icc_profile") == (None if mode == "CMYK" else b"profile")
    assert images.standard(Image.new("CMYK", (1, 1))).mode == "RGB"  # without any profile


@pytest.mark.parametrize(
    ("mode", "colours", "alpha"),
    [("L", 1, False), ("LA", 1, True), ("RGB", 3, False), ("RGBA", 3, True)],
)
def test_channels_are_counted_without_alpha(mode, colours, alpha):
    picture = Image.new(mode, (2, 1), tuple(range(1, len(mode) + 1)) if len(mode) > 1 else 1)
    assert images.colour_channels(picture) == colours
    assert images.has_alpha(picture) is alpha
    for index in range(len(mode)):
        assert images.channel(picture, index).tolist() == [[index + 1] * 2]
    if alpha:
        assert images.alpha(picture).tolist() == [[len(mode)] * 2]


@pytest.mark.parametrize(
    ("width", "multiple", "rows"),
    [
        (1, 1, 65536),
        (65536, 1, 1),
        (65537, 1, 1),
        (32768, 1, 2),
        (1000, 1, 65),
        (1000, 16, 64),
        (5000, 16, 16),
        (4096, 16, 16),
        (2048, 16, 32),
    ],
)
def test_a_strip_has_as_many_rows_as_a_core_keeps_at_hand(width, multiple, rows):
    assert images.strip_rows(width, multiple) == rows
    if multiple == 1:
        assert images.strip_rows(width) == rows


def test_strips_of_a_box_are_those_rows_of_it():
    assert list(images.strips((0, 5, 65536, 7))) == [(5, 6), (6, 7)]
    assert list(images.strips((10, 5, 32778, 10))) == [(5, 7), (7, 9), (9, 10)]
    assert list(images.strips((10, 5, 32778, 12), 3)) == [(5, 8), (8, 11), (11, 12)]


def test_a_curve_is_a_table_of_256_entries():
    entries = images.table(np.positive)
    assert entries.dtype == np.float32
    assert np.array_equal(entries, np.arange(256, dtype=np.float32) / np.float32(255))
    assert images.table(np.positive) is entries  # made once, so no one may change it
    assert not entries.flags.writeable


def test_scaling_rounds_to_the_nearest_level():
    plane, weight = np.meshgrid(np.arange(256), np.arange(256))
    exact = np.rint(plane * weight / 255)
    assert np.array_equal(images.scaled(plane.astype(np.uint8), weight.astype(np.uint8)), exact)


def test_blending_is_the_sum_of_both_shares():
    rng = np.random.default_rng(0)
    image, over, weight = rng.integers(0, 256, (3, 50, 50), np.uint8)
    shares = [np.rint(plane * w / 255) for plane, w in
              ((image.astype(float), 255 - weight), (over.astype(float), weight))]  # fmt: skip
    assert np.array_equal(images.blend(image, over, weight), np.minimum(sum(shares), 255))
