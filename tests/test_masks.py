import io

import numpy as np
import pytest
from PIL import Image

from neuralmaster import TwoChannelMask
from tests.pictures import flat_scene, ramp, two_channel

MATCH = (
    "Original is used: the mask's red and green channels match, so they do not tell the useful "
    "object from the area to repaint; mark the object in green, or choose another source for it, "
    "such as auto."
)


def read(red, green):
    return TwoChannelMask.read(two_channel(np.array(red), np.array(green)))


def jpeg(image, quality=75):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)


def test_channels_are_stretched_to_their_full_range():
    mask = read([[50, 100, 150]], [[40, 20, 0]])
    assert mask.inpaint.tolist() == [[0, 128, 255]]
    assert mask.source.tolist() == [[255, 128, 0]]
    assert mask.reason == ""


def test_a_full_range_channel_is_taken_as_it_is():
    levels = np.arange(256).reshape(16, 16)
    mask = read(levels, np.where(levels == 3, 0, 255))
    assert np.array_equal(mask.inpaint, levels)


def test_green_within_noise_of_its_ends_is_at_its_ends():
    mask = read([[0, 255, 0, 255, 0, 255]], [[0, 8, 9, 246, 247, 255]])
    assert mask.source.tolist() == [[0, 0, 9, 246, 255, 255]]


def test_blue_is_ignored():
    picture = np.zeros((1, 3, 3), np.uint8)
    picture[0] = [(0, 255, 9), (255, 255, 77), (255, 0, 200)]
    mask = TwoChannelMask.read(Image.fromarray(picture))
    assert mask.inpaint.tolist() == [[0, 255, 255]]
    assert mask.source.tolist() == [[255, 255, 0]]


def test_alpha_multiplies_red_and_green():
    picture = np.array([[(255, 0, 0, 255), (255, 255, 0, 128), (0, 255, 0, 0), (0, 255, 0, 255)]])
    mask = TwoChannelMask.read(Image.fromarray(picture.astype(np.uint8)))
    assert mask.inpaint.tolist() == [[255, 128, 0, 0]]
    assert mask.source.tolist() == [[0, 128, 0, 255]]


@pytest.mark.parametrize("levels", [(100, 101), (0, 15), (240, 255), (7, 7)])
def test_a_flat_red_is_no_mask(levels):
    low, high = levels
    mask = read([[low, high]], [[0, 255]])
    assert mask.reason == (
        f"Original is used: the mask's red channel is flat (levels {low} to {high} of 255) and "
        "does not mark the area to repaint; paint the area to repaint in red."
    )
    expected = 255 if low == 240 else 0
    assert mask.inpaint.tolist() == [[expected, expected]]


def test_a_flat_green_is_no_object():
    mask = read([[0, 255]], [[100, 101]])
    assert mask.reason == (
        "Original is used: the mask's green channel is flat (levels 100 to 101 of 255) and "
        "does not mark the useful object; paint the useful object in green, or choose another "
        "source for it, such as auto."
    )
    assert mask.inpaint.tolist() == [[0, 255]]


def test_a_range_of_sixteen_levels_is_a_mask():
    assert read([[0, 16]], [[255, 0]]).inpaint.tolist() == [[0, 255]]
    of_object = read([[0, 255]], [[116, 100]])
    assert of_object.reason == ""
    assert of_object.source.tolist() == [[255, 0]]


@pytest.mark.parametrize("lowest", [240, 255])
def test_a_green_that_is_full_everywhere_marks_the_whole_picture(lowest):
    mask = read([[0, 255]], [[lowest, 255]])
    assert mask.reason == ""
    assert mask.source.tolist() == [[255, 255]]


GRADIENT = ramp(64, 0.2, 0.8).astype(np.uint8)
HARD = np.where(GRADIENT > 127, 255, 0).astype(np.uint8)


@pytest.mark.parametrize(
    "mask",
    [
        Image.fromarray(GRADIENT),
        Image.fromarray(GRADIENT).convert("RGB"),
        Image.fromarray(GRADIENT).convert("RGBA"),
        Image.fromarray(GRADIENT).convert("LA"),
        Image.fromarray(GRADIENT).convert("CMYK"),
        Image.fromarray(GRADIENT).convert("P"),
        Image.fromarray(GRADIENT).convert("I"),
        Image.fromarray(GRADIENT).convert("F"),
        Image.fromarray(GRADIENT.astype(np.uint16) * 257),
        Image.fromarray(HARD).convert("1"),
        Image.fromarray(HARD).convert("RGB"),
        Image.fromarray(np.dstack([HARD, HARD, HARD, HARD])),
        jpeg(Image.fromarray(GRADIENT)),
        jpeg(Image.fromarray(GRADIENT).convert("RGB")),
        two_channel(GRADIENT, GRADIENT),
        two_channel(GRADIENT, np.clip(GRADIENT.astype(int) + 8, 0, 255)),
    ],
    ids=lambda mask: f"{mask.mode}-{mask.format}",
)
def test_matching_red_and_green_tell_no_object(mask):
    read = TwoChannelMask.read(mask)
    assert read.reason == MATCH
    expected = HARD if read.inpaint[0].tolist().count(0) == 32 else GRADIENT
    assert np.abs(read.inpaint.astype(int) - expected).max() <= (8 if mask.format == "JPEG" else 1)


def test_channels_nine_levels_apart_do_not_match():
    green = np.where((GRADIENT > 50) & (GRADIENT < 200), GRADIENT + 9, GRADIENT)
    assert read(GRADIENT, green).reason == ""


def test_a_thousandth_of_the_picture_may_differ():
    red = np.zeros((100, 100))
    red[:, 50:] = 255
    green = red.copy()
    green[0, :10] = 255
    assert read(red, green).reason == MATCH
    green[0, 10] = 255
    assert read(red, green).reason == ""


def test_a_small_red_beside_a_small_green_is_no_match():
    red, green = np.zeros((2, 1000, 1000))
    red[500:520, 500:520] = 255
    green[500:520, 490:500] = 255
    assert read(red, green).reason == ""


def test_a_jpeg_mask_is_read_as_the_mask_it_was():
    _, mask = flat_scene(256)
    sharp, lossy = TwoChannelMask.read(mask), TwoChannelMask.read(jpeg(mask))
    assert lossy.reason == ""
    away = np.s_[:, :40]  # JPEG smears colour over a few pixels at the object's edge, no farther
    assert not lossy.source[away].any()
    assert np.mean(lossy.source != sharp.source) < 0.05
    assert np.abs(lossy.inpaint.astype(int) - sharp.inpaint).mean() < 4


def test_feathering_ramps_a_hard_edge_and_keeps_what_is_repainted():
    red = np.zeros((9, 40))
    red[:, 20:] = 255
    mask = read(red, np.roll(255 - red, 5, axis=1)).feathered(10)
    row = mask.inpaint[4].astype(int)
    assert row[14:26].tolist() == [0, 13, 38, 64, 89, 115, 140, 166, 191, 217, 242, 255]
    assert np.array_equal(mask.inpaint >= 128, red >= 128)


def test_feathering_leaves_a_wider_gradient_alone():
    red = ramp(64, 0.1, 0.9)
    mask = read(red, 255 - red)
    assert np.abs(mask.feathered(4).inpaint.astype(int) - mask.inpaint).max() <= 2
    assert mask.feathered(0) is mask


def test_feathering_keeps_thin_strokes_repainted():
    red = np.zeros((30, 30))
    red[15, :] = 255
    mask = read(red, np.tile(np.arange(30) * 8, (30, 1))).feathered(64)
    assert np.array_equal(mask.inpaint >= 128, red >= 128)


@pytest.mark.parametrize("stroke", [1, 2, 5, 9, 30])
@pytest.mark.parametrize("width", [8, 32, 128])
def test_feathering_keeps_the_core_at_full_red(stroke, width):
    """A stroke of a wide brush and, beside it, a large area that is wider than any feather."""
    red = np.zeros((260, 400))
    red[30 : 30 + stroke, 20:380] = 255
    red[100:250, 100:300] = 255
    feathered = read(red, 255 - red).feathered(width).inpaint.astype(int)
    assert np.array_equal(feathered >= 128, red >= 128)
    across = feathered[30 : 30 + stroke, 200]
    assert across.max() >= 254
    assert (np.abs(np.diff(across)) <= 255 / min(width, stroke) + 2).all()
    assert feathered[175, 200] == 255


def test_resizing_says_so():
    mask = read(ramp(8, 0, 1), 255 - ramp(8, 0, 1)).resized((16, 4))
    assert mask.inpaint.shape == mask.source.shape == (4, 16)
    assert mask.notes == ("The mask is 8x8 and the image 16x4: the mask was resized to the image.",)
    assert mask.resized((16, 4)) is mask


def test_composing_puts_two_pictures_in_one_mask():
    inpaint = Image.fromarray(np.array([[0, 255, 0]], np.uint8))
    source = Image.fromarray(np.array([[0, 255, 255]], np.uint8))
    mask = TwoChannelMask.compose(inpaint, source)
    assert mask.notes == ()
    assert np.asarray(mask.picture()).tolist() == [[[0, 0, 0], [255, 255, 0], [0, 255, 0]]]
    again = TwoChannelMask.read(mask.picture())
    assert np.array_equal(again.inpaint, mask.inpaint)
    assert np.array_equal(again.source, mask.source)


def test_composing_takes_red_of_a_two_channel_mask_and_luma_of_the_object():
    inpaint = two_channel(np.array([[0, 255, 255]]), np.array([[255, 255, 0]]))
    source = Image.new("RGB", (3, 1), (0, 255, 0))
    source.putpixel((2, 0), (0, 0, 0))
    mask = TwoChannelMask.compose(inpaint, source)
    assert mask.inpaint.tolist() == [[0, 255, 255]]
    assert mask.source.tolist() == [[255, 255, 0]]


def test_composing_resizes_the_object_and_says_so():
    mask = TwoChannelMask.compose(Image.fromarray(GRADIENT), Image.fromarray(255 - HARD[::2, ::2]))
    assert mask.source.shape == (64, 64)
    assert mask.notes == (
        "The object mask is 32x32 and the mask 64x64: the object mask was resized to the mask.",
    )


@pytest.mark.parametrize("bad", [None, "mask.png", np.zeros((4, 4))])
def test_what_is_no_picture_is_refused(bad):
    with pytest.raises(ValueError, match=r"^expected a PIL image, got \w+$"):
        TwoChannelMask.read(bad)
