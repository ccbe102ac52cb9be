"""The fill for those who hold tensors: BCHW floats in [0, 1], on any device.

The same job as `preprocess` does, in torch operations, and no pixel leaves the device. Only where
each picture's object lies crosses to the host, once a call: the sizes of the grids hang on it.
Batches of one size are read at once; fills are made and blended picture by picture.

This is the one room that imports torch. Inside, masks are whole levels 0..255 in float32: they
are read at 8 bits, as from a file, and a fill is rounded as it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from neuralmaster.fills.context import (
    DOUBT,
    GRID,
    HOME,
    LEAST,
    NEAR,
    OWN,
    PULL,
    RINGS,
    SUPPORT,
    SWEEPS,
    WIDE,
)
from neuralmaster.images import LEVELS
from neuralmaster.masks import FLAT, FULL_SOURCE, MATCH_MARKED, MATCH_PICTURE, NOISE
from neuralmaster.params import FillParams

TINY = 1e-30  # keeps a division by no weight at all from failing


@dataclass(frozen=True, eq=False)
class PreparedBatch:
    """What goes on to inpainting; as `preprocess.Prepared`, for tensors.

    image: B x C x H x W, the prepared images, type of the input.
    inpaint_mask: B x 1 x H x W in [0, 1], the stretched red channel, 1 = repaint; not inverted.
    applied: (B,) bool, False where the image is handed on as it came.
    """

    image: Tensor
    inpaint_mask: Tensor
    applied: Tensor


def fill(
    image: Tensor,
    mask: Tensor,
    params: FillParams = FillParams(),  # noqa: B008 - frozen, so safe to share
    *,
    invert: bool = False,
) -> Tensor:
    """The images of `prepare` alone: filled, or as they came where a mask cannot steer a fill."""
    return prepare(image, mask, params, invert=invert).image


def prepare(
    image: Tensor,
    mask: Tensor,
    params: FillParams = FillParams(),  # noqa: B008 - frozen, so safe to share
    *,
    invert: bool = False,
) -> PreparedBatch:
    """Fills the region to repaint with the colours of the useful object, in each picture.

    image: B x C x H x W floats in [0, 1]; C is 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA; colour
        not premultiplied. Not changed.
    mask: B or 1 x 1..4 x h x w floats in [0, 1] on the same device; the channels are red (1 =
        repaint), green (1 = useful), blue (ignored), alpha (multiplies both). One channel alone
        stands for both, so it wants another source. Resized to the image. Not changed.
    invert: the area to repaint is where red is low.

    A pixel of the image with a NaN or an infinity in it gives no colour; where it is filled, the
    fill takes its place. NaN in the mask or in alpha is 0.

    Pixels without fill weight keep every bit; the others are within 1/255 of what `preprocess`
    makes of the same pictures at 8 bits. A mask that cannot steer a fill (red or green flat or
    matching, no object, no context, no alpha to take it from) leaves its image as it is. float16
    and bfloat16 are computed in float32. No gradient flows through.

    Raises ValueError for another shape, type or device, and for what is not made here: the
    method `classic`, and any option but method and source that is not at its default.
    """
    _check(image, mask, params)
    # cuDNN would compute in 19 bits, autocast in 16
    exact = (
        torch.backends.cudnn.flags(enabled=False),
        torch.autocast(image.device.type, enabled=False),
    )
    with torch.no_grad(), exact[0], exact[1]:
        batch, channels, height, width = image.shape
        has_alpha = channels in (2, 4)
        alpha = torch.round(_numbers(image[:, -1]) * LEVELS) if has_alpha else None
        has_colour = image[:, : channels - has_alpha].isfinite().all(dim=1)
        red, green, steers = _read(mask, params.source, alpha)
        red = _resized(red, (height, width)).expand(batch, -1, -1)
        green = _resized(green, (height, width)).expand(batch, -1, -1)
        painted = LEVELS - red if invert else red
        useful = (painted < LEVELS / 2) & (green > 0) & has_colour
        if alpha is not None:
            useful &= alpha > 0
        applied = steers.expand(batch) & useful.flatten(1).any(dim=1)
        result = image.clone()
        for k, (first, last, left, right) in _boxes(green, applied):
            part = (slice(first, last), slice(left, right))
            colours = _numbers(image[k, : channels - has_alpha, first:last, left:right])
            opacity = has_colour[k][part].float()
            if alpha is not None:
                opacity *= alpha[k][part] / LEVELS
            filled = _FILLS[params.method](
                colours, painted[k][part] / LEVELS, green[k][part] / LEVELS, opacity
            )
            weight = _scaled((2 * painted[k][part] - LEVELS).clamp(0, LEVELS), green[k][part])
            under = torch.where(has_colour[k][part], colours * LEVELS, filled)
            blended = _scaled(under, LEVELS - weight) + _scaled(filled, weight)
            target = result[k, : channels - has_alpha, first:last, left:right]
            blended = (blended.clamp(0, LEVELS) / LEVELS).to(image.dtype)
            target.copy_(torch.where(weight > 0, blended, target))
    return PreparedBatch(result, (red / LEVELS)[:, None].to(image.dtype), applied)


def _check(image: Tensor, mask: Tensor, params: FillParams) -> None:
    for name, tensor in (("image", image), ("mask", mask)):
        if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
            kind = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
            raise ValueError(f"{name}: expected a tensor of floats in [0, 1], got {kind}")
        shape = "x".join(map(str, tensor.shape))
        if tensor.ndim != 4 or not 1 <= tensor.shape[1] <= 4 or not tensor.numel():
            raise ValueError(f"{name}: expected BxCxHxW with 1 to 4 channels, got {shape}")
    if mask.shape[0] not in (1, image.shape[0]):
        raise ValueError(f"mask: expected 1 or {image.shape[0]} of them, got {mask.shape[0]}")
    if mask.device != image.device:
        raise ValueError(f"mask: expected it on {image.device}, got {mask.device}")
    made: dict[str, tuple[str, ...]] = {"method": tuple(_FILLS), "source": _SOURCES}
    for field in fields(params):
        value = getattr(params, field.name)
        if field.name in made:
            if value not in made[field.name]:
                known = ", ".join(made[field.name])
                raise ValueError(f"{field.name}: expected one of {known}, got {value!r}")
        elif value != field.default:
            expected, got = _shown(field.default), _shown(value)
            raise ValueError(f"{field.name}: expected {expected} for tensors, got {got}")


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else repr(value)


def _numbers(plane: Tensor) -> Tensor:
    """In float32, with 0 for what is no number."""
    return plane.float().nan_to_num(0, 0, 0)


# Reading the mask: see masks.TwoChannelMask.read, step by step.

_SOURCES = ("green", "alpha", "all")


def _read(mask: Tensor, source: str, alpha: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Red and green, b x h x w levels, and whether each mask can steer a fill, (b,) bool.

    alpha: of the images, B x H x W levels, or None.
    """
    channels = torch.round(mask.float().nan_to_num(0).clamp(0, 1) * LEVELS)
    red, green = channels[:, 0], channels[:, min(1, mask.shape[1] - 1)]
    if mask.shape[1] == 4:
        red, green = _scaled(red, channels[:, 3]), _scaled(green, channels[:, 3])
    low, high = torch.aminmax(red.flatten(1), dim=1)
    red_is_flat = high - low < FLAT
    painted = (low + high > LEVELS).float()[:, None, None] * LEVELS
    red = torch.where(red_is_flat[:, None, None], painted, _stretched(red, low, high))
    low, high = torch.aminmax(green.flatten(1), dim=1)
    is_full, green_is_flat = low >= FULL_SOURCE, high - low < FLAT
    green = _stretched(green, low, high)
    tells = is_full | ~(green_is_flat | _match(red, green))
    green = torch.where(green <= NOISE, 0, torch.where(green >= LEVELS - NOISE, LEVELS, green))
    green = torch.where(is_full[:, None, None], LEVELS, green)
    if source == "all":
        return red, torch.full_like(red, LEVELS), ~red_is_flat
    if source == "alpha":
        if alpha is None:
            return red, green, torch.zeros_like(tells)
        return red, alpha, ~red_is_flat & alpha.flatten(1).any(dim=1)
    return red, green, tells & ~red_is_flat


def _stretched(plane: Tensor, low: Tensor, high: Tensor) -> Tensor:
    span = (high - low).clamp(min=1)[:, None, None]
    return torch.round((plane - low[:, None, None]) * LEVELS / span).clamp(0, LEVELS)


def _match(red: Tensor, green: Tensor) -> Tensor:
    differ = ((red - green).abs() > NOISE).flatten(1).sum(dim=1)
    marked = (torch.maximum(red, green) > NOISE).flatten(1).sum(dim=1)
    few = differ <= MATCH_PICTURE * (red.shape[1] * red.shape[2])
    return few & (differ <= MATCH_MARKED * marked)


def _resized(planes: Tensor, size: tuple[int, int]) -> Tensor:
    if planes.shape[1:] == size:
        return planes
    # Pillow goes along the rows first and rounds in between; so do we along the columns, turned,
    # for torch mixes up the pixels of a picture one pixel wide if it goes down its column
    for length in reversed(size):
        shape = (planes.shape[1], length)
        planes = functional.interpolate(planes[:, None], shape, mode="bilinear", antialias=True)
        planes = torch.round(planes[:, 0]).transpose(1, 2).contiguous()
    return planes


def _boxes(green: Tensor, applied: Tensor) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Number and object (first, last, left, right) of each picture to fill; the one host sync."""
    ends = [applied]
    for across in (2, 1):
        has = (green > 0).any(dim=across).float()
        ends += [has.argmax(dim=1), has.shape[1] - has.flip(1).argmax(dim=1)]
    table: list[list[int]] = torch.stack([end.long() for end in ends], dim=1).tolist()
    return [(k, (row[1], row[2], row[3], row[4])) for k, row in enumerate(table) if row[0]]


def _scaled(plane: Tensor, weight: Tensor) -> Tensor:
    """plane * weight, both levels that stand for 0..1, rounded to the nearest level."""
    return torch.round(plane * weight / LEVELS)


# The fills: see fills/context.py and fills/mean.py. colours: bands x h x w in [0, 1]; red, green
# and opacity: h x w; back come levels, of the same shape as colours or of one pixel.


def _mean(colours: Tensor, red: Tensor, green: Tensor, opacity: Tensor) -> Tensor:
    weight = _trust(red) ** 2 * green**2 * opacity
    # in float64 there, which not every device has; sums of rows are sharp enough
    total = weight.sum(dim=1).sum().clamp(min=TINY)
    return torch.round((colours * weight).sum(dim=2).sum(dim=1) / total * LEVELS)[:, None, None]


def _context(colours: Tensor, red: Tensor, green: Tensor, opacity: Tensor) -> Tensor:
    height, width = red.shape
    side = max(height, width)
    size = 1 << (-(-side // GRID) - 1).bit_length()
    weight = _averaged(_trust(red) * green**2 * opacity, size)
    colour = _averaged(colours * (_trust(red) * green**2 * opacity), size)
    colour = colour / weight.clamp(min=TINY)
    rows, columns = (
        torch.arange(size // 2, length + size // 2, size, device=red.device).clamp(max=length - 1)
        for length in (height, width)
    )
    red = red[rows][:, columns].clamp(max=0.5)[None]
    trust = _trust(red)
    held = (weight / trust.clamp(min=0.01)).clamp(max=1)
    held = held / held.max()
    coarse = _halved(torch.cat([colour * held, red * held, held]))
    coarse = torch.cat([coarse[:-1] / coarse[-1:].clamp(min=TINY), coarse[-1:]])
    beliefs = _beliefs(coarse[:-2], coarse[-2:-1], coarse[-1:], side / size / 2)
    belief = (_doubled(beliefs, red.shape[1:]) * _rings(red)).sum(dim=0, keepdim=True)
    mean = _weighted_mean(colour, held * (trust * belief + 1e-6))
    found = torch.round(_diffused(colour, held * PULL**belief, mean, side / size) * LEVELS)
    drawn = functional.interpolate(found[None], scale_factor=size, mode="bilinear")[0]
    return torch.round(drawn[:, :height, :width])


_FILLS: dict[str, Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]] = {
    "context": _context,
    "mean": _mean,
}


def _trust(red: Tensor) -> Tensor:
    return (1 - 2 * red).clamp(0, 1)


def _averaged(pixels: Tensor, size: int) -> Tensor:
    """Means over square cells, bands x h x w; the last cells average over what they have."""
    pixels = pixels if pixels.ndim == 3 else pixels[None]
    return functional.avg_pool2d(pixels[None], size, ceil_mode=True)[0]


def _rings(red: Tensor) -> Tensor:
    centres = torch.arange(RINGS, device=red.device, dtype=red.dtype)[:, None, None]
    return (1 - (red * (2 * RINGS - 2) - centres).abs()).clamp(0, 1)


def _beliefs(colour: Tensor, red: Tensor, held: Tensor, per_side: float) -> Tensor:
    rings = _rings(red) * held
    inner, outer = rings[1:], rings.cumsum(dim=0)[:-1] + 1e-6 * held
    colour = _whitened(colour, held * (_trust(red) ** 2 + 1e-6))[:, None]
    expected, support = _local_means(colour, outer, NEAR * per_side)
    apart = colour - expected
    spread = (apart * apart).sum(dim=0, keepdim=True)
    judged, _ = _local_means(torch.cat([apart, spread]), inner, WIDE * per_side)
    shift = (judged[:-1] ** 2).sum(dim=0)
    shift = shift / ((judged[-1] - shift).clamp(min=0) + OWN)
    fits = (1 / (1 + (shift / DOUBT) ** 4)).cumprod(dim=0)
    supported = (support / SUPPORT).clamp(max=1)
    return torch.cat([fits[:1], torch.cat([fits[1:], fits[-1:]]) * supported])


def _weighted_mean(colour: Tensor, weight: Tensor) -> Tensor:
    return (colour * weight).sum(dim=(1, 2), keepdim=True) / weight.sum()


def _whitened(colour: Tensor, weight: Tensor) -> Tensor:
    """As in fills/context.py up to a rotation, which no length after it can tell."""
    bands = len(colour)
    apart = (colour - _weighted_mean(colour, weight)).flatten(1)
    covariance = (apart * weight.flatten(1)) @ apart.T / weight.sum()
    own = LEAST**2 * torch.eye(bands, device=colour.device, dtype=colour.dtype)
    root, _ = torch.linalg.cholesky_ex((covariance + own) * bands)  # this one does not wait
    scaled = torch.linalg.solve_triangular(root, apart, upper=False)
    return scaled.reshape(colour.shape)


def _local_means(values: Tensor, weight: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
    """values: bands x rings (or 1) x h x w; weight: rings x h x w."""
    sums = torch.cat([values * weight, weight[None]])
    whole = sums.sum(dim=(2, 3), keepdim=True)
    whole = whole[:-1] / whole[-1:].clamp(min=TINY)
    sums = _blurred(sums, sigma)
    alone = 0.02
    return (sums[:-1] + alone * whole) / (sums[-1:] + alone), sums[-1]


def _blurred(planes: Tensor, sigma: float) -> Tensor:
    """A Gaussian blur along the last two axes, nothing beyond the border."""
    reach = round(sigma * 4)  # as far as OpenCV goes
    x = torch.arange(-reach, reach + 1, device=planes.device, dtype=torch.float32)
    kernel = torch.exp(-(x**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    flat = planes.reshape(-1, 1, *planes.shape[-2:])
    flat = functional.conv2d(flat, kernel.reshape(1, 1, -1, 1), padding=(reach, 0))
    flat = functional.conv2d(flat, kernel.reshape(1, 1, 1, -1), padding=(0, reach))
    return flat.reshape(planes.shape)


def _diffused(colour: Tensor, pull: Tensor, mean: Tensor, per_side: float) -> Tensor:
    grids = [torch.cat([colour * pull, pull])]
    while grids[-1].shape[1:] != (1, 1):
        grids.append(_halved(grids[-1]))
    found = mean
    for level, grid in reversed(list(enumerate(grids))):
        if level < len(grids) - 1:
            found = _doubled(found, grid.shape[1:])
        slack = (2**level / per_side) ** 2 / 4
        free = 1 / (1 + slack * (grid[-1:] + HOME))
        drawn = slack * (grid[:-1] + HOME * mean) * free
        for _ in range(SWEEPS):
            rim = functional.pad(found[None], (1, 1, 1, 1), mode="replicate")[0]
            around = rim[:, :-2, 1:-1] + rim[:, 2:, 1:-1] + rim[:, 1:-1, :-2] + rim[:, 1:-1, 2:]
            found = around / 4 * free + drawn
    return found


def _halved(grid: Tensor) -> Tensor:
    height, width = grid.shape[1:]
    even = functional.pad(grid[None], (0, width % 2, 0, height % 2), mode="replicate")
    return functional.avg_pool2d(even, 2)[0]


def _doubled(grid: Tensor, shape: tuple[int, ...]) -> Tensor:
    double = functional.interpolate(grid[None], scale_factor=2, mode="bilinear")[0]
    return double[:, : shape[0], : shape[1]]
