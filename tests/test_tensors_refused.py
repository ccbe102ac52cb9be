"""What is no number in a tensor, and what is refused; skipped where torch is not installed."""

from dataclasses import dataclass

import numpy as np
import pytest

from neuralmaster import FillParams, preprocess
from tests.pictures import pixels, textured_scene

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
