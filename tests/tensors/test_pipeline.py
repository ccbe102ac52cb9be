"""What the pipeline makes of tensors is what it makes of the same pictures, to the bit."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, Request, prepare, preprocess
from neuralmaster.fills import FILLS
from tests.pictures import flat_scene, pixels, textured_scene, two_channel
from tests.tensors.scenes import tensor, tensors, torch

PARAMS = [
    *({"method": name} for name in FILLS),
    {"feather": 9.0},
    {"grain": 0.7},
    {"source": "all", "grain": 0.2},
]


def exactly(batch):
    """The levels of a batch of one, which must be whole."""
    levels = batch[0].movedim(0, -1).squeeze(-1).numpy() * np.float32(255)
    assert np.array_equal(levels, levels.round())
    return levels.astype(np.uint8)


@pytest.fixture(autouse=True)
def way():
    """In torch a level may be one off."""


@pytest.mark.parametrize("more", PARAMS, ids=str)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_the_pixels_are_those_of_the_picture(more, mode):
    image, mask = textured_scene(97, 61)
    image = image.convert(mode)
    params = FillParams(**more)
    expected = preprocess(image, mask, params, seed=5)
    batch = tensors.prepare(tensor(image), tensor(mask), params, seed=5)
    assert expected.applied
    assert np.array_equal(exactly(batch.image), pixels(expected.image))
    assert np.array_equal(exactly(batch.inpaint_mask), pixels(expected.inpaint_mask))
    assert batch.notes == (expected.notes,)


def test_pixels_whose_channels_lie_side_by_side_are_filled_where_they_lie():
    scenes = [textured_scene(80, 60, seed) for seed in range(2)]
    image = torch.cat([tensor(image) for image, _ in scenes])
    mask = torch.cat([tensor(mask) for _, mask in scenes])
    beside = image.movedim(1, -1).contiguous().movedim(-1, 1)
    filled = tensors.fill(beside, mask)
    assert filled.stride() == beside.stride() != image.stride()
    assert torch.equal(filled, tensors.fill(image, mask))


def test_between_two_levels_a_pixel_without_fill_keeps_every_bit():
    image, mask = textured_scene(64, 64)
    between = tensor(image) * 0.99 + 0.003
    rounded = Image.fromarray(np.rint(between[0].movedim(0, -1).numpy() * 255).astype(np.uint8))
    filled = tensors.fill(between, tensor(mask))
    changed = torch.from_numpy(pixels(preprocess(rounded, mask).image) != pixels(rounded))
    changed = changed.movedim(-1, 0)[None]
    assert changed.any()
    assert torch.equal(filled != between, changed)
    assert torch.equal(filled[changed] * 255, (filled[changed] * 255).round())


def test_levels_beyond_white_and_black_are_white_and_black():
    image, mask = flat_scene(48)
    beyond = tensor(image)
    beyond[0, 0], beyond[0, 1], beyond[0, 2] = 1.5, -0.5, 0.5
    levels = pixels(mask)
    beyond[0, :, levels[..., 0] >= 128] = 0.2
    filled = tensors.fill(beyond, tensor(mask))
    y, x = np.argwhere((levels[..., 0] == 255) & (levels[..., 1] == 255))[0]
    assert filled[0, :, y, x].tolist() == pytest.approx([1, 0, 128 / 255])


@pytest.mark.parametrize("size", [(80, 60), (40, 30)])
def test_an_object_mask_is_that_of_a_request(size):
    image, mask = textured_scene(80, 60)
    red, green = mask.getchannel("R"), mask.getchannel("G").resize(size)
    expected = prepare(Request(image, red, object_mask=green))
    batch = tensors.prepare(tensor(image), tensor(red), object_mask=tensor(green))
    assert expected.applied
    assert np.array_equal(exactly(batch.image), pixels(expected.image))
    assert batch.notes == (expected.notes,)
    assert bool(expected.notes) == (size != image.size)


def test_one_object_mask_serves_a_batch():
    scenes = [textured_scene(64, 48, seed) for seed in range(2)]
    image = torch.cat([tensor(image) for image, _ in scenes])
    red, green = (tensor(scenes[0][1].getchannel(name)) for name in "RG")
    both = tensors.fill(image, red, object_mask=green)
    assert torch.equal(both[1:], tensors.fill(image[1:], red, object_mask=green))
    assert torch.equal(both[:1], tensors.fill(image[:1], tensor(scenes[0][1])))


def test_a_mask_with_alpha_is_read_as_the_picture_is():
    image, mask = textured_scene(64, 64)
    alpha = np.linspace(255, 60, 64).astype(np.uint8)[:, None].repeat(64, 1)
    mask = Image.fromarray(np.dstack([pixels(mask), alpha]))
    expected = preprocess(image, mask)
    assert np.array_equal(
        exactly(tensors.fill(tensor(image), tensor(mask))), pixels(expected.image)
    )


def test_the_seed_reaches_the_grain():
    image, mask = (tensor(picture) for picture in textured_scene(64, 64))
    fills = [tensors.fill(image, mask, FillParams(grain=1.0), seed=seed) for seed in (1, 1, 2)]
    assert torch.equal(fills[0], fills[1])
    assert not torch.equal(fills[0], fills[2])


def test_a_fill_that_stays_transparent_is_told():
    image, mask = textured_scene(64, 64)
    red = np.minimum(pixels(mask)[..., 0], 180)
    red[0, 0] = 255
    half = two_channel(red, pixels(mask)[..., 1])
    (notes,) = tensors.prepare(tensor(image), tensor(half)).notes
    assert notes == preprocess(image, half).notes
    assert len(notes) == 1
