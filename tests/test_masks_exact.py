"""Where the reading of a mask turns from one outcome to another, to the level and the pixel."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import TwoChannelMask
from neuralmaster.masks import Cause
from tests.pictures import two_channel


def read(red, green):
    return TwoChannelMask.read(two_channel(np.array(red), np.array(green)))


def gray(*rows):
    return Image.fromarray(np.array(rows, np.uint8))


@pytest.mark.parametrize(("low", "high", "painted"), [(120, 135, 0), (121, 135, 255)])
def test_a_flat_red_repaints_all_or_nothing_whichever_is_nearer(low, high, painted):
    mask = read([[low, high]], [[0, 255]])
    assert mask.fallback.cause is Cause.RED_FLAT
    assert mask.inpaint.tolist() == [[painted, painted]]
    assert mask.source.tolist() == [[0, 255]]


def test_a_flat_green_is_kept_as_it_is():
    mask = read([[0, 255]], [[110, 125]])
    assert mask.fallback.cause is Cause.GREEN_FLAT
    assert mask.source.tolist() == [[110, 125]]
    assert mask.reason.startswith(
        "Original is used: the mask's green channel is flat (levels 110 to 125 of 255)"
    )


def test_a_green_one_level_below_full_marks_a_part_only():
    assert read([[0, 255]], [[239, 255]]).source.tolist() == [[0, 255]]
    assert read([[0, 255]], [[240, 255]]).source.tolist() == [[255, 255]]


def test_red_and_green_that_differ_by_a_tenth_of_what_they_mark_match():
    red, green = np.zeros((2, 200, 1000))
    red[0], green[0, :900] = 255, 255
    assert read(red, green).fallback.cause is Cause.CHANNELS_MATCH
    green[0, 899] = 0
    assert read(red, green).fallback is None


def test_eight_levels_are_noise_in_what_is_marked_too():
    red = np.zeros((100, 200))
    green = red.copy()
    red[0, :10], red[1] = 255, 8  # eight levels everywhere beside mark nothing
    green[0, :8], green[1] = 255, 8
    assert read(red, green).fallback is None
    red[1], green[1] = 9, 9
    assert read(red, green).fallback.cause is Cause.CHANNELS_MATCH


def test_stretching_rounds_to_the_nearest_level():
    levels = np.arange(10, 63)[None]
    mask = read(levels, levels[:, ::-1])
    exact = (levels - 10) * 255 / 52
    assert mask.inpaint.tolist() == np.rint(exact).astype(int).tolist()


def test_a_mask_is_drawn_to_another_size_linearly():
    mask = read([[0, 255]], [[255, 0]]).resized((4, 1))
    assert mask.inpaint.tolist() == [[0, 64, 191, 255]]
    assert mask.source.tolist() == [[255, 191, 64, 0]]
    assert mask.notes == ("The mask is 2x1 and the image 4x1: the mask was resized to the image.",)


def test_composing_keeps_the_notes_of_a_mask_and_adds_its_own():
    mask = read([[0, 255]], [[255, 0]]).resized((4, 1))
    composed = TwoChannelMask.compose(mask, gray([255, 0]))
    assert composed.notes == (
        "The mask is 2x1 and the image 4x1: the mask was resized to the image.",
        "The object mask is 2x1 and the mask 4x1: the object mask was resized to the mask.",
    )
    assert composed.source.tolist() == [[255, 191, 64, 0]]
    assert composed.inpaint.tolist() == [[0, 64, 191, 255]]
    assert TwoChannelMask.compose(mask, gray([255, 0, 0, 0])).notes == mask.notes


def test_of_an_object_mask_the_luma_counts_times_its_alpha():
    object_mask = Image.new("RGBA", (5, 1))
    white = (255, 255, 255)
    colours = [(255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (*white, 255), (*white, 0)]
    for x, colour in enumerate(colours):
        object_mask.putpixel((x, 0), colour)
    mask = TwoChannelMask.compose(gray([255, 0, 255, 0, 0]), object_mask)
    assert mask.source.tolist() == [[76, 150, 29, 255, 0]]
    opaque = TwoChannelMask.compose(gray([255, 0, 255, 0, 0]), object_mask.convert("RGB"))
    # the darkest of these, blue, is then what no object is
    assert opaque.source.tolist() == [[53, 137, 0, 255, 255]]


def test_of_an_area_to_repaint_its_red_counts_times_its_alpha():
    inpaint = Image.new("RGBA", (4, 1))
    for x, colour in enumerate([(255, 0, 0, 255), (0, 255, 255, 255), (255, 0, 0, 102), (0,) * 4]):
        inpaint.putpixel((x, 0), colour)
    mask = TwoChannelMask.compose(inpaint, gray([0, 255, 255, 255]))
    assert mask.inpaint.tolist() == [[255, 0, 102, 0]]
    assert mask.source.tolist() == [[0, 255, 255, 255]]


def test_the_object_of_a_flat_red_may_come_from_nowhere():
    mask = read([[7, 7]], [[0, 255]])
    picture = Image.new("RGBA", (2, 1), (1, 2, 3, 4))
    for source in ("green", "all", "alpha"):
        assert mask.with_source(picture, source) is mask


def test_alpha_is_the_object_at_the_size_of_the_picture():
    mask = read([[0, 255]], [[255, 255]])
    picture = Image.new("LA", (4, 1))
    for x, alpha in enumerate([0, 3, 250, 255]):
        picture.putpixel((x, 0), (9, alpha))
    of_alpha = mask.with_source(picture, "alpha")
    assert of_alpha.source.tolist() == [[0, 3, 250, 255]]
    assert of_alpha.inpaint.tolist() == [[0, 64, 191, 255]]
    assert of_alpha.fallback is None
    assert of_alpha.notes == (
        "The mask is 2x1 and the image 4x1: the mask was resized to the image.",
    )
    for hidden in (picture.convert("L"), Image.new("RGBA", (4, 1))):
        assert mask.with_source(hidden, "alpha").fallback.cause is Cause.NO_TRANSPARENCY


@pytest.mark.parametrize("source", ["all", "alpha"])
def test_another_source_of_the_object_makes_up_for_a_green_that_tells_none(source):
    mask = read([[0, 255]], [[0, 255]])
    assert mask.fallback.cause is Cause.CHANNELS_MATCH
    full = mask.with_source(Image.new("LA", (2, 1), (0, 255)), source)
    assert full.fallback is None
    assert full.source.tolist() == [[255, 255]]
    assert full.inpaint.tolist() == [[0, 255]]


def test_feathering_turns_at_half_red():
    row = [0] * 6 + [127, 128] + [255] * 6
    mask = read([row] * 3, [row[::-1]] * 3).feathered(4)
    # the edge is between 127 and 128, which stay: the ramp rises from 0 to 255 around them
    assert mask.inpaint[1].tolist() == [*[0] * 5, 32, 127, 128, 223, *[255] * 5]


def test_a_negative_feather_does_nothing():
    mask = read([[0, 255]], [[255, 0]])
    assert mask.feathered(-1) is mask
    assert mask.feathered(0) is mask
    assert mask.feathered(0.5) is not mask


def test_inverting_swaps_keep_and_repaint_alone():
    mask = read([[0, 100, 255]], [[255, 0, 77]]).inverted()
    assert mask.inpaint.tolist() == [[255, 155, 0]]
    assert mask.source.tolist() == [[255, 0, 77]]


def test_a_strip_is_rows_and_columns_of_both():
    levels = np.arange(256).reshape(16, 16)
    mask = read(levels, levels.T)
    red, green = mask.strip(2, 5, 7, 11)
    assert red.tolist() == levels[2:5, 7:11].tolist()
    assert green.tolist() == mask.source[2:5, 7:11].tolist()
    assert green.shape == (3, 4)


def test_channels_are_pictures_of_both():
    red, green = read([[0, 100, 255]], [[255, 0, 77]]).channels()
    assert (red.mode, green.mode) == ("L", "L")
    assert list(red.tobytes()) == [0, 100, 255]
    assert list(green.tobytes()) == [255, 0, 77]
