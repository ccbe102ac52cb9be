"""The fill of tensors is that of pictures; skipped where torch is not installed."""

from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fills import FILLS
from tests.pictures import ROOT, flat_scene, pixels, ramp, textured_scene, two_channel
from tests.test_context import striped

torch = pytest.importorskip("torch", reason="torch is not installed; only tensors.py needs it")
tensors = pytest.importorskip("neuralmaster.tensors")
METHODS = ["context", "mean"]


def tensor(picture):
    levels = pixels(picture)
    levels = levels[..., None] if levels.ndim == 2 else levels
    return torch.from_numpy(levels.astype(np.float32) / 255).permute(2, 0, 1)[None].contiguous()


def levels(batch):
    return (batch * 255).permute(0, 2, 3, 1).numpy()


def assert_alike(image, mask, params=None, invert=False):
    """Within one level of the NumPy path everywhere, and nearly everywhere the same."""
    params = params or FillParams()
    picture = preprocess(image, mask, params, invert=invert)
    batch = tensors.prepare(tensor(image), tensor(mask), params, invert=invert)
    theirs = np.atleast_3d(pixels(picture.image)).astype(float)
    apart = np.abs(levels(batch.image)[0] - theirs)
    assert batch.applied.tolist() == [picture.applied]
    assert apart.max() <= 1.001
    assert apart.mean() <= 0.05  # OpenCV interpolates in fixed point
    red = np.abs(levels(batch.inpaint_mask)[0, ..., 0] - pixels(picture.inpaint_mask))
    assert red.max() <= 0.001


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


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf")])
def test_a_pixel_that_is_no_colour_gives_none(method, odd):
    """As if it were transparent; where it is filled, the fill takes its place."""
    image, mask = textured_scene(96, 64)
    red, green = pixels(mask)[..., 0], pixels(mask)[..., 1]
    beside = (30, 20)  # pixels of the context, of the hole, of its gradient, of the background
    full = tuple(np.argwhere((red == 255) & (green == 255))[0])
    between = tuple(np.argwhere((red > 150) & (red < 220) & (green == 255))[0])
    corner = (0, 0)
    assert red[beside] == red[corner] == green[corner] == 0 != green[beside]
    hidden = image.convert("RGBA")
    given = tensor(image)
    for y, x in (beside, full, between, corner):
        hidden.putpixel((int(x), int(y)), (1, 2, 3, 0))
        given[0, 1, y, x] = odd
    before = given.clone()
    params = FillParams(method=method)
    filled = tensors.fill(given, tensor(mask), params)
    expected = tensors.fill(tensor(hidden), tensor(mask), params)[:, :3]
    same = torch.ones(64, 96, dtype=torch.bool)
    for where in (beside, full, between, corner):
        same[where] = False
    assert torch.equal(filled[:, :, same], expected[:, :, same])
    assert torch.equal(filled[0, :, full[0], full[1]], expected[0, :, full[0], full[1]])
    around = filled[0, :, between[0] - 1 : between[0] + 2, between[1] - 1 : between[1] + 2]
    assert torch.isfinite(around).all()
    for y, x in (beside, corner):
        assert torch.equal(filled[0, :, y, x].nan_to_num(9), before[0, :, y, x].nan_to_num(9))


def test_a_picture_of_no_numbers_has_no_context():
    image, mask = textured_scene(48, 48)
    batch = tensors.prepare(torch.full_like(tensor(image), float("nan")), tensor(mask))
    assert not batch.applied.any()
    assert batch.image.isnan().all()


@pytest.mark.parametrize("channel", [0, 1, 3])
def test_what_is_no_number_in_a_mask_marks_nothing(channel):
    image, mask = textured_scene(96, 64)
    mask.putalpha(255)
    marked = tensor(mask)
    marked[0, channel, 20:30, 40:50] = float("nan")
    empty = marked.nan_to_num(0)
    ours, theirs = (tensors.prepare(tensor(image), given) for given in (marked, empty))
    assert ours.applied.all()
    assert torch.equal(ours.image, theirs.image)
    assert torch.equal(ours.inpaint_mask, theirs.inpaint_mask)


def test_an_alpha_that_is_no_number_hides_its_pixel():
    image, mask = textured_scene(96, 64)
    image.putalpha(255)
    odd, hidden = tensor(image), tensor(image)
    odd[0, 3, 30, 20], hidden[0, 3, 30, 20] = float("nan"), 0
    ours, theirs = (tensors.fill(given, tensor(mask)) for given in (odd, hidden))
    assert torch.equal(ours[:, :3], theirs[:, :3])
    assert ours[0, 3].isnan().sum() == 1


def test_an_autocast_region_changes_nothing():
    image, mask = (tensor(picture) for picture in textured_scene(96, 64))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = tensors.fill(image, mask)
    assert torch.equal(inside, tensors.fill(image, mask))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_it_runs_on_a_gpu_with_one_copy_to_the_host():
    image, mask = (tensor(picture).cuda() for picture in textured_scene(333, 257))
    ours = tensors.fill(image, mask)
    assert ours.device == image.device
    assert (ours.cpu() - tensors.fill(image.cpu(), mask.cpu())).abs().max() <= 1.001 / 255


@pytest.mark.parametrize(
    ("image", "mask", "params", "message"),
    [
        (
            (1, 3, 4, 4),
            (1, 5, 4, 4),
            {},
            "mask: expected BxCxHxW with 1 to 4 channels, got 1x5x4x4",
        ),
        ((3, 4, 4), (1, 2, 4, 4), {}, "image: expected BxCxHxW with 1 to 4 channels, got 3x4x4"),
        ((3, 3, 4, 4), (2, 2, 4, 4), {}, "mask: expected 1 or 3 of them, got 2"),
        ((1, 3, 4, 4), (1, 2, 4, 4), {"feather": 3}, "feather: expected 0 for tensors, got 3"),
        ((1, 3, 4, 4), (1, 2, 4, 4), {"grain": 0.5}, "grain: expected 0 for tensors, got 0.5"),
        (
            (1, 3, 4, 4),
            (1, 2, 4, 4),
            {"method": "classic"},
            "method: expected one of context, mean, got 'classic'",
        ),
    ],
)
def test_what_cannot_be_filled_is_refused(image, mask, params, message):
    with pytest.raises(ValueError) as error:
        tensors.fill(torch.zeros(image), torch.zeros(mask), FillParams(**params))
    assert str(error.value) == message


@dataclass(frozen=True)
class Later(FillParams):
    """The choices as they may be some day."""

    shine: float = 0.5
    rim: str = "soft"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"shine": 0.0}, "shine: expected 0.5 for tensors, got 0"),
        ({"rim": "hard"}, "rim: expected 'soft' for tensors, got 'hard'"),
    ],
)
def test_an_option_added_later_is_refused_by_its_name(chosen, message):
    image, mask = (tensor(picture) for picture in textured_scene(32, 32))
    assert tensors.prepare(image, mask, Later()).applied.all()
    with pytest.raises(ValueError) as error:
        tensors.fill(image, mask, Later(**chosen))
    assert str(error.value) == message


def test_a_source_added_later_is_refused_by_its_name():
    params = FillParams()
    object.__setattr__(params, "source", "depth")
    image, mask = (tensor(picture) for picture in textured_scene(32, 32))
    with pytest.raises(ValueError, match=r"^source: expected one of green, alpha, all, got 'de"):
        tensors.fill(image, mask, params)


def test_what_is_no_tensor_of_floats_is_refused():
    with pytest.raises(ValueError, match=r"^image: expected a tensor of floats .* got ndarray$"):
        tensors.fill(np.zeros((1, 3, 4, 4)), torch.zeros(1, 2, 4, 4))
    with pytest.raises(ValueError, match=r"^mask: expected a tensor of floats .* got torch.uint8$"):
        tensors.fill(torch.zeros(1, 3, 4, 4), torch.zeros(1, 2, 4, 4, dtype=torch.uint8))


def test_the_fills_made_here_are_those_that_the_table_says():
    assert set(tensors._FILLS) == {name for name, fill in FILLS.items() if fill.tensors}
