"""The method `colour`: one colour through the gradient, with a useful object or without."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fallbacks import Cause
from neuralmaster.fills import FILLS
from tests.pictures import OBJECT, pixels, textured_scene, two_channel

PARAMS = FillParams(method="colour", colour="#B2543a")
BRICK = (178, 84, 58)


def expected(image, red, green, colour):
    weight = (np.clip(2 * np.float64(red) / 255 - 1, 0, 1) * green / 255)[..., None]
    return pixels(image) + weight * (np.array(colour) - pixels(image).astype(float))


def test_the_colour_fills_the_object_through_the_gradient():
    image, mask = textured_scene(120, 90)
    red, green, _ = (pixels(band) for band in mask.split())
    prepared = preprocess(image, mask, PARAMS)
    assert prepared.applied
    assert (prepared.mean, prepared.useful) == (BRICK, 0)
    assert np.abs(pixels(prepared.image) - expected(image, red, green, BRICK)).max() <= 1
    assert (pixels(prepared.image)[(red == 255) & (green == 255)] == BRICK).all()
    assert (
        pixels(prepared.image)[(red < 128) | (green == 0)]
        == pixels(image)[(red < 128) | (green == 0)]
    ).all()


@pytest.mark.parametrize("marks", ["gray", "red"])
@pytest.mark.parametrize("invert", [False, True])
def test_a_mask_without_an_object_gets_the_colour_all_over(marks, invert):
    image, mask = textured_scene(60, 40)
    red = pixels(mask)[..., 0]
    one = Image.fromarray(red) if marks == "gray" else two_channel(red, np.zeros_like(red))
    prepared = preprocess(image, one, PARAMS, invert=invert)
    assert prepared.applied
    assert prepared.notes == ()
    painted = 255 - red if invert else red
    whole = np.full_like(red, 255)
    assert np.abs(pixels(prepared.image) - expected(image, painted, whole, BRICK)).max() <= 1


def test_no_context_is_needed():
    image = Image.new("RGB", (8, 8), OBJECT)
    red = np.zeros((8, 8))
    red[2:6, 2:6] = 255
    prepared = preprocess(image, two_channel(red, red + np.eye(8)[::-1] * 60), PARAMS)
    assert prepared.applied
    assert prepared.image.getpixel((3, 3)) == BRICK


def test_a_source_that_is_named_and_missing_is_told():
    image, mask = textured_scene(30, 30)
    params = FillParams(method="colour", source="alpha")
    assert preprocess(image, mask, params).fallback.cause is Cause.NO_TRANSPARENCY
    flat = Image.new("L", (30, 30))
    assert preprocess(image, flat, PARAMS).fallback.cause is Cause.RED_FLAT


@pytest.mark.parametrize(("mode", "filled"), [("L", 109), ("LA", (109, 7)), ("RGBA", (*BRICK, 7))])
def test_gray_pictures_get_its_luma_and_alpha_stays(mode, filled):
    image, mask = textured_scene(40, 40)
    image = image.convert(mode)
    if mode.endswith("A"):
        image.putalpha(7)
    prepared = preprocess(image, mask, PARAMS)
    assert prepared.image.getpixel((20, 20)) == filled
    assert prepared.mean == ((109,) if mode[0] == "L" else BRICK)


def test_grain_lies_over_it_where_there_is_an_object_to_take_it_from():
    image, mask = textured_scene(120, 90)
    params = FillParams(method="colour", colour="#b2543a", grain=1)
    full = (pixels(mask)[..., 0] == 255) & (pixels(mask)[..., 1] == 255)
    grainy = pixels(preprocess(image, mask, params).image)[full].astype(float)
    assert 3 < grainy.std(axis=0).mean() < 12
    assert np.abs(grainy.mean(axis=0) - BRICK).max() < 2


def test_only_it_needs_no_object():
    assert [name for name, fill in FILLS.items() if not fill.needs_object] == ["colour"]
