"""One job in one value, whichever way its mask comes."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, Request, TwoChannelMask, prepare, preprocess
from neuralmaster.fallbacks import Cause
from tests.pictures import pixels, ramp, textured_scene, two_channel


def test_a_mask_that_is_read_already_does_as_well_as_its_picture():
    image, mask = textured_scene(60, 40)
    read = TwoChannelMask.read(mask)
    by_picture, by_planes = prepare(Request(image, mask)), prepare(Request(image, read))
    assert by_picture.applied
    assert np.array_equal(pixels(by_picture.image), pixels(by_planes.image))
    assert np.array_equal(pixels(by_picture.inpaint_mask), pixels(by_planes.inpaint_mask))


def test_an_object_mask_takes_the_place_of_green():
    image, mask = textured_scene(60, 40)
    red, green = TwoChannelMask.read(mask).channels()
    prepared = prepare(Request(image, red, object_mask=green))
    assert np.array_equal(pixels(prepared.image), pixels(preprocess(image, mask).image))
    of_planes = TwoChannelMask.from_planes(pixels(red), np.zeros_like(pixels(red)))
    again = prepare(Request(image, of_planes, object_mask=green))
    assert np.array_equal(pixels(again.image), pixels(prepared.image))


def test_notes_of_the_mask_and_of_the_object_mask_are_all_told():
    image, mask = textured_scene(60, 40)
    red, green = TwoChannelMask.read(mask).channels()
    request = Request(image.resize((120, 80)), red, object_mask=green.resize((30, 20)))
    assert prepare(request).notes == (
        "The object mask is 30x20 and the mask 60x40: the object mask was resized to the mask.",
        "The mask is 60x40 and the image 120x80: the mask was resized to the image.",
    )


FLAT = np.full((20, 20), 90)


@pytest.mark.parametrize(
    ("mask", "source", "cause"),
    [
        (two_channel(FLAT, ramp(20, 0, 1)), "green", Cause.RED_FLAT),
        (two_channel(ramp(20, 0, 1), FLAT), "green", Cause.GREEN_FLAT),
        (two_channel(ramp(20, 0, 1), ramp(20, 0, 1)), "green", Cause.CHANNELS_MATCH),
        (two_channel(ramp(20, 0, 1), FLAT), "alpha", Cause.NO_TRANSPARENCY),
        (two_channel(ramp(20, 0, 0.1), ramp(20, 0.5, 0.6)), "green", Cause.NO_CONTEXT),
    ],
)
def test_why_an_image_stays_as_it_is_is_a_value(mask, source, cause):
    image = Image.new("RGB", (20, 20), (200, 80, 40))
    prepared = prepare(Request(image, mask, params=FillParams(source=source)))
    assert not prepared.applied
    assert prepared.fallback.cause is cause
    assert prepared.reason == prepared.fallback.sentence
    assert np.array_equal(pixels(prepared.image), pixels(image))


def test_a_filled_image_has_no_fallback():
    prepared = preprocess(*textured_scene(20, 20))
    assert prepared.applied
    assert prepared.fallback is None
    assert prepared.reason == ""
