"""Why a picture of a batch stays as it is, whichever way the batch is filled."""

import numpy as np

from neuralmaster import FillParams, Request, prepare, preprocess
from tests.pictures import pixels, textured_scene, two_channel
from tests.tensors.scenes import device, module, tensor, tensors, torch

STAYS = module._stays  # before a test is run as on a GPU


def test_each_picture_that_stays_says_why():
    image, mask = textured_scene(64, 64)
    matching = two_channel(pixels(mask)[..., 0], pixels(mask)[..., 0])
    flat = two_channel(pixels(mask)[..., 0] * 0, pixels(mask)[..., 1])
    masks = torch.cat([tensor(one) for one in (matching, mask, flat)])
    batch = tensors.prepare(tensor(image).repeat(3, 1, 1, 1), masks)
    assert batch.applied.tolist() == [False, True, False]
    reasons = [(preprocess(image, one).reason,) for one in (matching, flat)]
    assert batch.notes == (reasons[0], (), reasons[1])


def test_the_reason_of_an_object_mask():
    image, mask = textured_scene(64, 64)
    red, black = mask.getchannel("R"), mask.getchannel("R").point(lambda _: 0)
    batch = tensors.prepare(tensor(image), tensor(red), object_mask=tensor(black))
    expected = prepare(Request(image, red, object_mask=black)).reason
    assert batch.notes == ((expected,),)
    assert expected.startswith("Original is used: the mask's green channel is flat")


def test_with_an_object_mask_auto_has_nothing_to_find(monkeypatch):
    image, mask = textured_scene(96, 64)
    red, green = (tensor(mask.getchannel(name)) for name in "RG")
    expected = tensors.prepare(tensor(image), red, object_mask=green)
    looked = []
    monkeypatch.setattr("neuralmaster.pipeline.useful_object", lambda *_: looked.append(1))
    monkeypatch.setattr(device, "prepare", _counted(device.prepare, counts := []))
    auto = tensors.prepare(tensor(image), red, FillParams(source="auto"), object_mask=green)
    assert torch.equal(auto.image, expected.image)
    assert auto.notes == expected.notes == ((),)
    assert (looked, len(counts)) == ([], int(module._stays is not STAYS))


def _counted(function, counts):
    def counting(*given):
        counts.append(given)
        return function(*given)

    return counting


def test_a_picture_without_any_number_has_no_context():
    image, mask = textured_scene(48, 48)
    for nothing in (tensor(image), tensor(image.convert("RGBA"))):
        nothing[:, :3] = float("nan")
        (notes,) = tensors.prepare(nothing, tensor(mask)).notes
        assert notes[0].startswith("Original is used: no useful object lies outside the area")


def test_an_inverted_mask_is_inverted_for_the_fill_alone():
    image, mask = textured_scene(96, 64)
    red = 255 - pixels(mask)[..., 0]
    inverted = two_channel(red, pixels(mask)[..., 1])
    batch = tensors.prepare(tensor(image), tensor(inverted), invert=True)
    assert torch.equal(batch.image, tensors.fill(tensor(image), tensor(mask)))
    assert np.abs(batch.inpaint_mask[0, 0].numpy() * 255 - red).max() <= 0.001


def test_alpha_as_source_needs_alpha():
    image, mask = (tensor(picture) for picture in textured_scene(64, 64))
    batch = tensors.prepare(image, mask, FillParams(source="alpha"))
    assert not batch.applied.any()
    assert batch.notes[0][0].startswith("Original is used: the image has no transparency")
