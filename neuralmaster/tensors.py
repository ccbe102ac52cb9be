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

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from neuralmaster.fills.arrays import Arrays
from neuralmaster.fills.context import GRID, fill_cells
from neuralmaster.fills.grid import Grid
from neuralmaster.images import LEVELS, Floats
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
        for k, place in _places(green, applied):
            part = (place.rows, place.columns)
            colours = _numbers(image[k, : channels - has_alpha, place.rows, place.columns])
            opacity = has_colour[k][part].float()
            if alpha is not None:
                opacity *= alpha[k][part] / LEVELS
            filled = _FILLS[params.method](
                colours, painted[k][part] / LEVELS, green[k][part] / LEVELS, opacity, place
            )
            weight = _scaled((2 * painted[k][part] - LEVELS).clamp(0, LEVELS), green[k][part])
            under = torch.where(has_colour[k][part], colours * LEVELS, filled)
            blended = _scaled(under, LEVELS - weight) + _scaled(filled, weight)
            target = result[k, : channels - has_alpha, place.rows, place.columns]
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


def _places(green: Tensor, applied: Tensor) -> list[tuple[int, _Place]]:
    """Number of each picture to fill, and where its object lies; the one host sync."""
    height = green.shape[1]
    # whole numbers, exact in float32
    sums = [applied.float()[:, None], green.sum(dim=2), green.sum(dim=1)]
    table = torch.cat(sums, dim=1).cpu().numpy()
    rows, columns = table[:, 1 : 1 + height], table[:, 1 + height :]
    return [(k, _Place.of(rows[k], columns[k])) for k in range(len(table)) if table[k, 0]]


@dataclass(frozen=True)
class _Place:
    """The object's rows and columns [first, last), and the grid over it."""

    rows: slice
    columns: slice
    grid: Grid

    @classmethod
    def of(cls, rows: Floats, columns: Floats) -> _Place:
        down, across = (_extent(sums) for sums in (rows, columns))
        return cls(down, across, Grid.of_object(rows, columns, GRID))

    def averaging(self) -> tuple[Floats, Floats]:
        """Cells x pixels of the object's box, along columns and along rows."""
        down, across = self.grid.down, self.grid.across
        return (
            down.averaging(self.rows.start, self.rows.stop, slice(0, down.count)),
            across.averaging(self.columns.start, self.columns.stop, slice(0, across.count)),
        )

    def interpolating(self) -> tuple[Floats, Floats]:
        """Pixels of the object's box x cells, along columns and along rows."""
        return (
            self.grid.down.interpolating(self.rows.start, self.rows.stop, whole=True)[0],
            self.grid.across.interpolating(self.columns.start, self.columns.stop, whole=True)[0],
        )


def _extent(sums: Floats) -> slice:
    first, last = np.flatnonzero(sums)[[0, -1]]
    return slice(int(first), int(last) + 1)


def _scaled(plane: Tensor, weight: Tensor) -> Tensor:
    """plane * weight, both levels that stand for 0..1, rounded to the nearest level."""
    return torch.round(plane * weight / LEVELS)


# The fills: see fills/context.py and fills/mean.py. colours: bands x h x w in [0, 1]; red, green
# and opacity: h x w; back come levels, of the same shape as colours or of one pixel.


def _mean(colours: Tensor, red: Tensor, green: Tensor, opacity: Tensor, _: _Place) -> Tensor:
    weight = (1 - 2 * red).clamp(0, 1) ** 2 * green**2 * opacity
    # in float64 there, which not every device has; sums of rows are sharp enough
    total = weight.sum(dim=1).sum().clamp(min=TINY)
    return torch.round((colours * weight).sum(dim=2).sum(dim=1) / total * LEVELS)[:, None, None]


def _context(colours: Tensor, red: Tensor, green: Tensor, opacity: Tensor, place: _Place) -> Tensor:
    def matrix(values: Floats) -> Tensor:
        return torch.from_numpy(values).to(red.device)

    arrays = Arrays(torch.cat, matrix, lambda square: torch.linalg.inv_ex(square)[0])
    weight = ((4 - 8 * red).clamp(0, 1) * green**2 * opacity)[None]
    planes = torch.cat([colours * weight, weight, green[None], (red * green)[None]])
    down, across = map(matrix, place.averaging())
    cells = down @ planes @ across.T
    bands = len(colours)
    colour, weight, mask = cells[:bands], cells[bands : bands + 1], cells[bands + 1 :]
    found, _ = fill_cells(colour, weight, mask, bands, arrays)
    down, across = map(matrix, place.interpolating())
    return torch.round(down @ (found.clamp(0, 1) * LEVELS) @ across.T)


_FILLS: dict[str, Callable[[Tensor, Tensor, Tensor, Tensor, _Place], Tensor]] = {
    "context": _context,
    "mean": _mean,
}
