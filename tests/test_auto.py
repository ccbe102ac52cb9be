"""The source `auto`: a mask of one channel is enough."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from neuralmaster import FillParams, Request, TwoChannelMask, prepare, preprocess
from neuralmaster.fallbacks import CHANNELS_MATCH, NOT_FOUND, Cause
from neuralmaster.making.finders import Found, find, models, network, under_strokes, useful_object
from tests.pictures import OBJECT, SPOILT, pixels, textured_scene, two_channel
from tests.red import RED, noise_with_red, overlap

AUTO = FillParams(source="auto")
BY_MODEL = "The useful object was found by the model red.onnx: {} of the image."


def brush(size, box):
    """What a brush leaves: white on black."""
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rectangle(box, fill=255)
    return mask


def spoilt_scene():
    """A red object with a white stripe across it, its brush mask, and the object."""
    image, truth = noise_with_red()
    image.paste(SPOILT, (80, 40, 95, 110))
    return image, brush(image.size, (78, 36, 96, 113)), truth


@pytest.mark.parametrize("kind", ["gray", "white on black in colour", "red alone", "transparent"])
def test_a_mask_without_an_object_gets_the_one_that_is_found(finds_red, kind):
    image, mask, truth = spoilt_scene()
    if kind == "white on black in colour":
        mask = mask.convert("RGB")
    elif kind == "red alone":
        mask = two_channel(pixels(mask), np.zeros(pixels(mask).shape))
    elif kind == "transparent":
        white = Image.new("RGBA", mask.size, "white")
        white.putalpha(mask)
        mask = white
    prepared = preprocess(image, mask, AUTO)
    assert prepared.applied
    assert prepared.notes == (BY_MODEL.format("14%"),)
    assert overlap(prepared.mask.source, truth) > 0.95
    assert np.abs(pixels(prepared.image)[44:106, 82:94].astype(int) - RED).max() <= 3
    outside = ~(prepared.mask.source > 0)
    assert np.array_equal(pixels(prepared.image)[outside], pixels(image)[outside])


def test_it_is_the_job_with_the_object_that_was_found_in_green(finds_red):
    image, mask, _ = spoilt_scene()
    auto = preprocess(image, mask, AUTO)
    red, green = auto.mask.channels()
    given = preprocess(image, two_channel(red, green))
    assert auto.image.tobytes() == given.image.tobytes()
    assert auto.inpaint_mask.tobytes() == given.inpaint_mask.tobytes()


@pytest.mark.parametrize("green", ["of the mask", "of an object mask", "all of it"])
def test_a_mask_with_an_object_is_used_as_it_is(green, monkeypatch):
    monkeypatch.setattr("neuralmaster.pipeline.useful_object", None)
    image, mask = textured_scene(90, 70)
    red, object_mask, _ = mask.split()
    if green == "of an object mask":
        found = prepare(Request(image, red, object_mask, AUTO))
    else:
        mask = mask if green == "of the mask" else two_channel(red, np.full(pixels(red).shape, 255))
        found = preprocess(image, mask, AUTO)
    given = preprocess(image, mask)
    assert found.image.tobytes() == given.image.tobytes()
    assert found.notes == given.notes


def test_an_object_mask_without_an_object_is_not_replaced(finds_red):
    image, mask, _ = spoilt_scene()
    prepared = prepare(Request(image, mask, Image.new("L", image.size), AUTO))
    assert prepared.fallback.cause is Cause.GREEN_FLAT


def test_without_auto_a_gray_mask_stays_original_and_auto_is_named(finds_red):
    image, mask, _ = spoilt_scene()
    prepared = preprocess(image, mask)
    assert prepared.fallback == CHANNELS_MATCH
    assert prepared.reason.endswith("or choose another source for it, such as auto.")
    assert prepared.image.tobytes() == image.tobytes()


def test_a_flat_red_stays_the_reason(finds_red):
    image, _, _ = spoilt_scene()
    assert preprocess(image, Image.new("L", image.size), AUTO).fallback.cause is Cause.RED_FLAT


def test_where_the_area_lies_beside_the_object_it_is_what_lies_around(finds_red):
    image = Image.new("RGB", (200, 150), (40, 160, 70))
    image.paste((60, 70, 200), (0, 0, 200, 60))
    image.paste(RED, (20, 20, 80, 130))
    image.paste(SPOILT, (130, 90, 150, 110))
    prepared = preprocess(image, brush(image.size, (128, 88, 151, 111)), AUTO)
    assert prepared.notes == (
        "The useful object was found by GrabCut, around the area to repaint: 46% of the image.",
    )
    assert prepared.mask.source[100, 140] == 255
    assert prepared.mask.source[40, 50] == prepared.mask.source[30, 150] == 0
    assert np.abs(pixels(prepared.image)[95:105, 135:145].astype(int) - (40, 160, 70)).max() <= 3


def test_half_of_the_area_in_the_object_is_enough(finds_red):
    image, _ = noise_with_red()
    for right, within in ((139, True), (141, False)):
        area = np.zeros((150, 200), np.uint8)
        area[50:90, 100:right] = 255  # the object ends at 120
        found = useful_object(image, area)
        assert (found.by == "the model red.onnx") is within


def test_what_is_spoilt_belongs_to_the_object_within_its_outline(finds_red):
    image, mask, truth = spoilt_scene()
    area = pixels(mask)
    found = useful_object(image, area).plane
    assert (found[(area > 0) & truth] == 255).all()
    assert not found[(area > 0) & ~truth].any()


def test_what_is_found_already_is_not_looked_for_again(finds_red, monkeypatch):
    image, mask, _ = spoilt_scene()
    first = find(image)
    known = useful_object(image, pixels(mask))
    monkeypatch.setattr("neuralmaster.making.finders.useful.find", None)
    assert np.array_equal(useful_object(image, pixels(mask), first).plane, known.plane)


def test_inpaint_not_masked_asks_for_the_object_of_what_is_repainted(finds_red):
    image, mask, _ = spoilt_scene()
    inverted = Image.fromarray(255 - pixels(mask))
    given = preprocess(image, mask, AUTO)
    prepared = preprocess(image, inverted, AUTO, invert=True)
    assert np.array_equal(prepared.mask.source, given.mask.source)
    assert prepared.image.tobytes() == given.image.tobytes()


def test_a_mask_of_another_size_and_a_feather_go_with_it(finds_red):
    image, mask, truth = spoilt_scene()
    params = FillParams(source="auto", feather=9)
    prepared = preprocess(image, mask.resize((100, 75)), params)
    assert overlap(prepared.mask.source, truth) > 0.95
    assert prepared.mask.inpaint.shape == (150, 200)
    assert len(np.unique(prepared.mask.inpaint)) > 5
    assert prepared.notes[0].startswith("The mask is 100x75 and the image 200x150")
    assert len(prepared.notes) == 2


def test_nothing_found_leaves_the_image_as_it_is(monkeypatch):
    image, mask, _ = spoilt_scene()
    empty = np.zeros((150, 200), np.uint8)
    monkeypatch.setattr(
        "neuralmaster.pipeline.useful_object",
        lambda *_: Found(empty, "GrabCut", ("A note.",)),
    )
    prepared = preprocess(image, mask, AUTO)
    assert prepared.fallback == NOT_FOUND
    assert prepared.notes == ("A note.",)
    assert prepared.image.tobytes() == image.tobytes()
    assert prepared.inpaint_mask.tobytes() == mask.tobytes()


def test_a_bad_model_is_told_with_the_job(tmp_path):
    path = tmp_path / "gone.onnx"
    models.use(path)
    image, mask, _ = spoilt_scene()
    prepared = preprocess(image, mask, AUTO)
    assert prepared.notes[0].startswith("The useful object was found by GrabCut")
    assert prepared.notes[1] == (
        f"No model was used: {path}: expected a model, got No such file or directory."
    )


def test_each_picture_is_looked_at_once(finds_red, monkeypatch):
    runs = []
    run = network.Network.run
    monkeypatch.setattr(network.Network, "run", lambda *given: runs.append(1) or run(*given))
    for number in range(3):
        image, mask, _ = spoilt_scene()
        image.putpixel((0, 0), (number, 7, 9))
        first = preprocess(image, mask, AUTO)
        again = preprocess(image, mask, FillParams(source="auto", method="mean"))
        assert np.array_equal(first.mask.source, again.mask.source)
        assert len(runs) == number + 1


def test_transparency_is_the_object_of_a_cut_out_picture():
    image, mask, truth = spoilt_scene()
    image.putalpha(Image.fromarray(truth))
    prepared = preprocess(image, mask, AUTO)
    assert prepared.notes[0].startswith("The useful object was found by the image's transparency")
    assert np.array_equal(prepared.mask.source > 0, truth)


def test_the_colour_of_ones_own_goes_into_the_object_that_is_found(finds_red):
    image, mask, truth = spoilt_scene()
    params = FillParams(source="auto", method="colour", colour="#00ff00")
    prepared = preprocess(image, mask, params)
    assert (pixels(prepared.image)[44:106, 82:94] == (0, 255, 0)).all()
    assert not ((pixels(prepared.image) != pixels(image)).any(axis=2) & ~truth)[:36].any()


def test_a_tiny_picture_has_no_object():
    image = Image.new("RGB", (2, 1), OBJECT)
    mask = Image.fromarray(np.array([[0, 255]], np.uint8))
    assert preprocess(image, mask, AUTO).fallback is not None


def test_the_picture_is_not_changed(finds_red):
    image, mask, _ = spoilt_scene()
    before = image.tobytes(), mask.tobytes()
    preprocess(image, mask, AUTO)
    strokes = pixels(mask).copy()
    under_strokes(image, strokes)
    assert (image.tobytes(), mask.tobytes(), strokes.tobytes()) == (*before, pixels(mask).tobytes())


def test_from_planes_that_were_read(finds_red):
    image, mask, _ = spoilt_scene()
    read = TwoChannelMask.read(mask)
    assert read.lacks_object
    assert (
        preprocess(image, read, AUTO).image.tobytes()
        == preprocess(image, mask, AUTO).image.tobytes()
    )
