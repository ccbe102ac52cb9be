"""The fill of tensors is that of pictures; skipped where torch is not installed."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fills import FILLS
from tests.pictures import ROOT, flat_scene, pixels, ramp, textured_scene, two_channel
from tests.tensors.scenes import assert_alike, levels, methods, tensor, tensors, torch
from tests.test_context import striped

METHODS = ["context", "mean"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [(64, 64), (97, 61), (333, 257), (700, 500)])
@pytest.mark.parametrize("invert", [False, True])
def test_it_is_the_fill_of_the_picture(method, size, invert):
    assert_alike(*textured_scene(*size), FillParams(method=method), invert)


@pytest.mark.parametrize("reach", [0.5, 0.3, 0.2])
def test_it_believes_what_the_picture_fill_believes(reach):
    _, spoilt, mask = striped(reach)
    assert_alike(spoilt, mask)


@pytest.mark.parametrize("method", METHODS)
def test_the_example_is_filled_alike(method):
    example = ROOT / "docs" / "example"
    with Image.open(example / "image.png") as image, Image.open(example / "mask.png") as mask:
        assert_alike(image, mask, FillParams(method=method))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_every_number_of_channels(method, mode):
    image, mask = textured_scene(90, 70)
    image = image.convert(mode)
    if "A" in mode:
        image.putalpha(Image.fromarray(ramp(90, -0.2, 0.6)[:70].astype(np.uint8)))
    assert_alike(image, mask, FillParams(method=method))


@pytest.mark.parametrize("source", ["alpha", "all"])
def test_the_other_sources(source):
    image, mask = textured_scene(90, 70)
    image.putalpha(mask.getchannel("G"))
    assert_alike(image, mask.getchannel("R"), FillParams(source=source))


def scenes_that_fall_back():
    image, mask = flat_scene(48)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    small = np.zeros((48, 48))
    small[20:30, 40:46] = 255
    return image, {
        "red is flat": two_channel(green * 0 + 9, green),
        "all is red": two_channel(green * 0 + 240, green),
        "green is flat": two_channel(red, green * 0 + 20),
        "they match": two_channel(red, red),
        "no context": two_channel(red, small),
        "gray": mask.getchannel("R"),
    }


@pytest.mark.parametrize("name", list(scenes_that_fall_back()[1]))
def test_a_mask_that_cannot_steer_leaves_the_image(name):
    image, masks = scenes_that_fall_back()
    assert_alike(image, masks[name])
    given = tensor(image)
    batch = tensors.prepare(given, tensor(masks[name]))
    assert not batch.applied.any()
    assert torch.equal(batch.image, given)


def test_stretching_noise_full_green_and_alpha_are_read_alike():
    image, mask = textured_scene(80, 80)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    alpha = np.full_like(red, 170)
    assert_alike(image, two_channel(40 + red * 0.6667, 10 + green * 0.9))
    assert_alike(image, two_channel(red, np.maximum(green, 241)))
    assert_alike(image, two_channel(red, np.maximum(green, 6)))
    assert_alike(image, Image.fromarray(np.dstack([pixels(mask), alpha])))


@pytest.mark.parametrize("size", [(1, 9), (2, 3), (5, 5), (300, 1)])
@pytest.mark.parametrize("method", METHODS)
def test_the_smallest_pictures(size, method):
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), np.uint8))
    red, green = rng.integers(0, 2, (2, size[1], size[0])) * 255
    assert_alike(image, two_channel(red, green), FillParams(method=method))


def test_a_batch_is_its_pictures_one_by_one():
    scenes = [textured_scene(96, 64, seed) for seed in range(3)]
    image = torch.cat([tensor(image) for image, _ in scenes])
    mask = torch.cat([tensor(mask) for _, mask in scenes])
    mask[1] = 0
    together = tensors.prepare(image, mask)
    assert together.applied.tolist() == [True, False, True]
    for k in range(3):
        assert torch.equal(
            together.image[k : k + 1], tensors.fill(image[k : k + 1], mask[k : k + 1])
        )
    one_mask = tensors.fill(image, mask[:1])
    assert torch.equal(one_mask[2:], tensors.fill(image[2:], mask[:1]))


def test_pixels_without_fill_weight_keep_every_bit():
    _, mask = textured_scene(96, 64)
    image = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    before = image.clone()
    filled = tensors.fill(image, tensor(mask))
    nothing = torch.from_numpy((pixels(mask)[..., 0] < 128) | (pixels(mask)[..., 1] == 0))
    assert torch.equal(filled[:, :, nothing], image[:, :, nothing])
    assert not torch.equal(filled, image)
    assert torch.equal(image, before)


@pytest.mark.parametrize("size", [(1, 64), (64, 1), (1, 1), (2, 50), (3, 3)])
@pytest.mark.parametrize("other", [(7, 30), (30, 7), (1, 30), (30, 1), (1, 1), (2, 2), (90, 90)])
def test_a_mask_of_another_size_is_resized_as_pillow_does(size, other):
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), np.uint8))
    red, green = rng.integers(0, 2, (2, other[1], other[0])) * 255
    mask = two_channel(red, green)
    picture, batch = preprocess(image, mask), tensors.prepare(tensor(image), tensor(mask))
    red = levels(batch.inpaint_mask)[0, ..., 0]
    assert np.abs(red - pixels(picture.inpaint_mask)).max() <= 1.001
    # a level of red weighs two, and with them the colours may come from one pixel more or less
    assert np.abs(levels(batch.image)[0] - pixels(picture.image)).max() <= 4
    assert batch.applied.tolist() == [picture.applied]


def test_a_mask_of_another_size_is_resized():
    image, mask = textured_scene(120, 90)
    for size in [(60, 45), (200, 150)]:
        other = mask.resize(size)
        theirs = pixels(preprocess(image, other).image)
        apart = np.abs(levels(tensors.fill(tensor(image), tensor(other)))[0] - theirs)
        assert apart.mean() <= 0.05
        assert apart.max() <= 4  # where a level of red weighs two


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_other_floats_come_back_as_they_are(kind):
    image, mask = textured_scene(64, 64)
    kind = getattr(torch, kind)
    filled = tensors.fill(tensor(image).to(kind), tensor(mask).to(kind))
    assert filled.dtype == kind
    assert (filled.float() - tensors.fill(tensor(image), tensor(mask))).abs().max() < 0.05


@pytest.fixture
def default_type():
    yield torch.set_default_dtype
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["float64", "float16", "bfloat16"])
def test_the_default_type_of_new_tensors_changes_nothing(method, kind, default_type):
    image, mask = (tensor(picture) for picture in textured_scene(96, 64))
    expected = tensors.prepare(image, mask, FillParams(method=method))
    default_type(getattr(torch, kind))
    batch = tensors.prepare(image, mask, FillParams(method=method))
    assert batch.image.dtype == batch.inpaint_mask.dtype == torch.float32
    assert torch.equal(batch.image, expected.image)
    assert torch.equal(batch.inpaint_mask, expected.inpaint_mask)


def test_the_fills_made_here_are_those_that_the_table_says():
    assert set(methods.METHODS) == {name for name, fill in FILLS.items() if fill.tensors}
