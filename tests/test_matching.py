"""Matching a result to its original: exact cases, and what must hold for any picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, Request, SamplingParams, fallbacks, match, preprocess
from neuralmaster.matching import match_request
from tests.pictures import pixels, textured_scene, two_channel

NO_CHANGE = (
    "No tint was taken out: the kept pixels of the result are those of the original. If the "
    "original was pasted over it, give the result as the model made it."
)
NOTHING_KEPT = (
    "No tint was taken out: no pixel was kept far enough from the area to repaint to show "
    "one; repaint less, or with more of the picture around it."
)


def scene(width=192, height=160, seed=0):
    """A smooth, coloured picture with some grain, and a mask: a disc of red, all of it green."""
    y, x = (np.mgrid[:height, :width] + 0.5) / np.array([height, width])[:, None, None]
    colour = np.dstack([60 + 120 * x, 170 - 90 * y, 60 + 90 * x * y])
    colour += np.random.default_rng(seed).normal(0, 4, colour.shape)
    red = 255 * (np.hypot(x - 0.5, y - 0.5) < 0.2)
    image = Image.fromarray(colour.clip(0, 255).round().astype(np.uint8))
    return image, two_channel(red, np.full_like(red, 255))


IMAGE, MASK = scene()
INSIDE = pixels(MASK)[..., 0] > 0


def changed(image, by):
    """A result: the picture with something else in the disc, and all of it changed by a tint."""
    made = pixels(image).astype(float)
    made[INSIDE] = made[INSIDE] * 0.6 + 60
    return made, Image.fromarray(by(made).clip(0, 255).round().astype(np.uint8))


TINTS = {
    "one colour": lambda levels: levels + np.array([9, -6, 12]),
    "contrast": lambda levels: levels * [0.85, 0.9, 1.1] + np.array([28, 22, -20]),
    "down the picture": lambda levels: (
        levels + np.linspace(-30, 30, len(levels))[:, None, None] * [1, 0.5, -1]
    ),
    "by the colour": lambda levels: levels + 12 * np.sin(levels / 255 * np.pi),
}


@pytest.mark.parametrize("name", TINTS)
def test_a_tint_is_taken_out_where_it_cannot_be_seen(name):
    made, result = changed(IMAGE, TINTS[name])
    matched = match(IMAGE, result, MASK)
    assert matched.notes == ()
    assert matched.applied
    assert abs(pixels(matched.image)[INSIDE] - made[INSIDE]).mean() < 1
    assert abs(pixels(result)[INSIDE] - made[INSIDE]).mean() > 3


def test_what_a_model_changed_inside_is_no_tint():
    made, result = changed(IMAGE, lambda levels: levels + 3)
    assert abs(pixels(match(IMAGE, result, MASK).image)[INSIDE] - made[INSIDE]).max() <= 1


def test_noise_without_a_tint_moves_nothing():
    noise = np.random.default_rng(1).normal(0, 3, pixels(IMAGE).shape)
    _, result = changed(IMAGE, lambda levels: levels + noise)
    matched = pixels(match(IMAGE, result, MASK).image)[INSIDE].astype(int)
    assert abs(matched - pixels(result)[INSIDE]).max() <= 1


def test_something_else_beside_the_area_is_no_tint():
    """A model, or a person, may have changed a part of what is kept: an outlier."""
    made, result = changed(IMAGE, lambda levels: levels + 6)
    spoilt = pixels(result).copy()
    spoilt[:40, :40] = (255, 0, 255)
    matched = match(IMAGE, Image.fromarray(spoilt), MASK)
    assert abs(pixels(matched.image)[INSIDE] - made[INSIDE]).mean() < 1


def test_no_colour_is_moved_further_than_a_tint_was_seen():
    """Kept is gray alone, which tells nothing of what the tint does to a red."""
    gray = np.full((160, 192, 3), 100, np.uint8)
    gray[:, ::2] = 104
    made = gray.astype(float)
    made[INSIDE] = (250, 10, 10)
    result = Image.fromarray((made + np.array([4, 0, 2])).clip(0, 255).astype(np.uint8))
    matched = pixels(match(Image.fromarray(gray), result, MASK).image)[INSIDE].astype(int)
    moved = pixels(result)[INSIDE] - matched
    assert moved.min() >= -1
    assert moved[:, 0].max() <= 5
    assert moved[:, 2].max() <= 3


@pytest.mark.parametrize("how", ["off", "seam", "object"])
def test_where_red_is_0_the_bytes_are_the_originals(how):
    image, mask = textured_scene(150, 130)
    result = Image.fromarray(np.random.default_rng(2).integers(0, 256, (130, 150, 3), np.uint8))
    before = image.tobytes(), mask.tobytes(), result.tobytes()
    matched = match(image, result, mask, SamplingParams(match=how))
    kept = pixels(mask)[..., 0] == 0
    assert (pixels(matched.image)[kept] == pixels(image)[kept]).all()
    assert (image.tobytes(), mask.tobytes(), result.tobytes()) == before


def test_the_result_shows_from_half_red_on_and_fades_out_below():
    red = np.tile(np.array([0, 32, 64, 127, 128, 255]), (6, 1))
    image, result = Image.new("L", (6, 6), 0), Image.new("L", (6, 6), 255)
    mask = two_channel(red, np.full_like(red, 255))
    matched = match(image, result, mask, SamplingParams(match="off"))
    assert pixels(matched.image)[0].tolist() == [0, 64, 128, 254, 255, 255]
    assert matched.image.mode == "L"


def test_inverted_what_is_not_red_was_repainted():
    _, result = changed(IMAGE, TINTS["one colour"])
    other = Image.merge("RGB", [MASK.getchannel(0).point(lambda v: 255 - v), *MASK.split()[1:]])
    inverted = match(IMAGE, result, other, invert=True)
    assert inverted.image.tobytes() == match(IMAGE, result, MASK).image.tobytes()


def test_alpha_is_the_originals():
    image = IMAGE.copy()
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    _, result = changed(IMAGE, TINTS["one colour"])
    matched = match(image, result.convert("RGBA"), MASK).image
    assert matched.mode == "RGBA"
    assert matched.getchannel("A").tobytes() == image.getchannel("A").tobytes()
    assert matched.convert("RGB").tobytes() == match(IMAGE, result, MASK).image.tobytes()


def test_a_gray_picture_is_matched_in_gray():
    _, result = changed(IMAGE, lambda levels: levels + 10)
    gray, expected = IMAGE.convert("L"), changed(IMAGE, lambda levels: levels)[1].convert("L")
    matched = match(gray, result, MASK).image
    assert matched.mode == "L"
    assert abs(pixels(matched).astype(int) - pixels(expected))[INSIDE].mean() < 1


def test_a_larger_result_keeps_its_size():
    _, result = changed(IMAGE, TINTS["contrast"])
    matched = match(IMAGE, result.resize((384, 320), Image.Resampling.LANCZOS), MASK)
    assert matched.image.size == (384, 320)
    assert matched.notes == (
        "The image is 192x160 and the result 384x320: the image was resized to the result.",
    )
    small = pixels(matched.image.resize(IMAGE.size, Image.Resampling.BOX)).astype(int)
    plain = pixels(match(IMAGE, result, MASK).image)
    assert abs(small - plain)[INSIDE].mean() < 2


def test_a_result_with_the_original_pasted_over_it_shows_no_tint():
    made, _ = changed(IMAGE, lambda levels: levels)
    made[INSIDE] += 8
    result = Image.fromarray(made.clip(0, 255).astype(np.uint8))
    matched = match(IMAGE, result, MASK)
    assert (matched.applied, matched.notes) == (False, (NO_CHANGE,))
    assert matched.image.tobytes() == result.tobytes()


def test_where_nothing_far_from_the_area_is_kept_nothing_is_moved():
    red = np.full((160, 192), 255)
    red[:10, :10] = 0
    mask = two_channel(red, np.full_like(red, 255))
    _, result = changed(IMAGE, lambda levels: levels + 9)
    matched = match(IMAGE, result, mask)
    assert (matched.applied, matched.notes) == (False, (NOTHING_KEPT,))
    assert (pixels(matched.image)[20:] == pixels(result)[20:]).all()


def test_a_mask_that_marks_nothing_is_refused():
    with pytest.raises(ValueError) as error:
        match(IMAGE, IMAGE, Image.new("RGB", IMAGE.size, (90, 0, 0)))
    assert str(error.value) == (
        "expected a mask with an area to repaint: the mask's red channel is flat (levels 90 to 90 "
        "of 255) and does not mark the area to repaint; paint the area to repaint in red."
    )


def low(picture, sigma):
    area = INSIDE.astype(np.float32)[..., None]
    planes = np.concatenate([picture * area, area], -1).astype(np.float32)
    planes = cv2.GaussianBlur(planes, (0, 0), sigma)
    return planes[..., :-1] / np.maximum(planes[..., -1:], 1e-3)


def clouds(seed=3):
    """A result with structure of all sizes in the area, of quite another colour."""
    rng = np.random.default_rng(seed)
    made = pixels(IMAGE).astype(float)
    shape = (made.shape[0], made.shape[1], 3)
    for sigma, height in ((1.5, 12), (4, 8), (16, 10), (40, 20)):
        wave = cv2.GaussianBlur(rng.normal(0, 1, shape), (0, 0), sigma)
        made[INSIDE] += (height * wave / wave.std())[INSIDE]
    made[INSIDE] += (35, -25, 40)
    return Image.fromarray(made.clip(0, 255).round().astype(np.uint8))


def test_object_pulls_the_low_frequencies_to_the_field_and_keeps_the_detail():
    result, field = clouds(), pixels(preprocess(IMAGE, MASK).image)
    off = pixels(match(IMAGE, result, MASK, SamplingParams(match="off")).image)
    full = pixels(match(IMAGE, result, MASK, SamplingParams(match="object")).image)
    deep = cv2.erode(INSIDE.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert abs(low(off, 10) - low(field, 10))[deep].max() > 20
    assert abs(low(full, 10) - low(field, 10))[deep].max() < 2
    fine = [(one - low(one, 2))[deep].ravel() for one in (off, full)]
    assert np.corrcoef(*fine)[0, 1] > 0.99


def test_the_strength_says_how_far():
    results = {
        strength: pixels(
            match(
                IMAGE, clouds(), MASK, SamplingParams(match="object", match_strength=strength)
            ).image
        ).astype(float)
        for strength in (0.0, 0.5, 1.0)
    }
    seam = pixels(match(IMAGE, clouds(), MASK).image)
    assert (results[0.0] == seam).all()
    middle = (results[0.0] + results[1.0]) / 2
    assert abs(results[0.5] - middle)[INSIDE].max() <= 1


def test_object_leaves_what_is_not_the_object():
    green = np.zeros(INSIDE.shape)
    green[:, :96] = 255
    mask = two_channel(pixels(MASK)[..., 0], green)
    seam = pixels(match(IMAGE, clouds(), mask).image)
    pulled = pixels(match(IMAGE, clouds(), mask, SamplingParams(match="object")).image)
    assert (seam == pulled)[:, 96:].all()
    assert (seam != pulled)[:, :96][INSIDE[:, :96]].mean() > 0.9


def test_object_without_an_object_is_seam_and_says_so():
    red = Image.fromarray(pixels(MASK)[..., 0])
    matched = match(IMAGE, clouds(), red, SamplingParams(match="object"))
    assert matched.image.tobytes() == match(IMAGE, clouds(), red).image.tobytes()
    why = fallbacks.CHANNELS_MATCH.sentence.removeprefix("Original is used: ")
    assert matched.notes[0] == f"No colour was pulled: {why}"


def test_a_request_says_where_the_object_is_and_how_soft_the_edge_is():
    red = Image.fromarray(pixels(MASK)[..., 0])
    params = SamplingParams(match="object")
    request = Request(IMAGE, red, params=FillParams(source="all"))
    matched = match_request(request, clouds(), params)
    assert matched.image.tobytes() == match(IMAGE, clouds(), MASK, params).image.tobytes()
    soft = match_request(Request(IMAGE, MASK, params=FillParams(feather=20)), clouds(), params)
    assert soft.image.tobytes() != matched.image.tobytes()


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (33, 7), (700, 20)])
def test_pictures_of_any_size_are_matched(size):
    rng = np.random.default_rng(4)
    image, result = (
        Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), np.uint8)) for _ in range(2)
    )
    red = np.zeros((size[1], size[0]))
    red[:, : size[0] // 2 + 1] = 255
    mask = two_channel(red, np.full_like(red, 255))
    if not np.ptp(red):
        mask = Image.new("RGB", (2, 1), (255, 255, 0))
        mask.putpixel((0, 0), (0, 255, 0))
    for how in ("seam", "object"):
        assert match(image, result, mask, SamplingParams(match=how)).image.size == size


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("match", "full", "match: expected one of off, seam, object, got 'full'"),
        ("gradient", "soft", "gradient: expected one of hard, blend, strength, got 'soft'"),
        ("match_strength", 1.5, "match_strength: expected a number from 0 to 1, got 1.5"),
    ],
)
def test_a_value_out_of_range_is_refused(name, value, message):
    with pytest.raises(ValueError) as error:
        SamplingParams(**{name: value})
    assert str(error.value) == message
