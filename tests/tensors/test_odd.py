"""What is no number in a tensor, and what is refused; skipped where torch is not installed."""

from dataclasses import dataclass

import numpy as np
import pytest

from neuralmaster import FillParams
from tests.pictures import pixels, textured_scene
from tests.tensors.scenes import device, tensor, tensors, torch

METHODS = ["context", "mean"]


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
    ("image", "mask", "message"),
    [
        (
            (1, 3, 4, 4),
            (1, 5, 4, 4),
            "mask: expected BxCxHxW with 1 to 4 channels, got 1x5x4x4",
        ),
        ((3, 4, 4), (1, 2, 4, 4), "image: expected BxCxHxW with 1 to 4 channels, got 3x4x4"),
        ((3, 3, 4, 4), (2, 2, 4, 4), "mask: expected 1 or 3 of them, got 2"),
    ],
)
def test_what_cannot_be_filled_is_refused(image, mask, message):
    with pytest.raises(ValueError) as error:
        tensors.fill(torch.zeros(image), torch.zeros(mask))
    assert str(error.value) == message


@pytest.mark.parametrize("size", [(2, 1, 4, 4), (1, 2, 4, 4)])
def test_an_object_mask_of_another_shape_is_refused(size):
    image, mask = torch.zeros(3, 3, 4, 4), torch.zeros(1, 1, 4, 4)
    expected = "1 or 3 of them, got 2" if size[0] == 2 else "BxCxHxW with 1 channel, got 1x2x4x4"
    with pytest.raises(ValueError) as error:
        tensors.fill(image, mask, object_mask=torch.zeros(size))
    assert str(error.value) == f"object_mask: expected {expected}"


@dataclass(frozen=True)
class Later(FillParams):
    """The choices as they may be some day."""

    shine: float = 0.5
    rim: str = "soft"


def test_torch_is_left_what_it_implements():
    assert device.can_fill(Later())
    assert device.can_fill(FillParams(method="mean", source="all"))
    for chosen in ({"shine": 0.0}, {"rim": "hard"}, {"feather": 3}, {"method": "classic"}):
        assert not device.can_fill(Later(**chosen))
    unknown = FillParams()
    object.__setattr__(unknown, "source", "depth")
    assert not device.can_fill(unknown)


@pytest.mark.parametrize("more", [{"method": "texture"}, {"grain": 0.5}, {"feather": 3.0}])
def test_what_torch_does_not_implement_needs_finite_colours(more):
    image, mask = (tensor(picture) for picture in textured_scene(32, 32))
    image[0, 0, 5, 5] = float("nan")
    with pytest.raises(ValueError) as error:
        tensors.fill(image, mask, FillParams(**more))
    assert str(error.value) == (
        "image: expected finite colours, got NaN or infinity; only context and mean, with the "
        "other parameters at their defaults, replace them"
    )


def test_what_is_no_tensor_of_floats_is_refused():
    with pytest.raises(ValueError, match=r"^image: expected a tensor of floats .* got ndarray$"):
        tensors.fill(np.zeros((1, 3, 4, 4)), torch.zeros(1, 2, 4, 4))
    with pytest.raises(ValueError, match=r"^mask: expected a tensor of floats .* got torch.uint8$"):
        tensors.fill(torch.zeros(1, 3, 4, 4), torch.zeros(1, 2, 4, 4, dtype=torch.uint8))
