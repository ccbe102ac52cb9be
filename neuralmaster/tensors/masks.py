"""Reading the mask in torch: masks.TwoChannelMask.read, step by step, for a batch.

Planes are whole levels 0..255 in float32: masks are read at 8 bits, as from a file.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from neuralmaster.images import LEVELS
from neuralmaster.masks import FLAT, FULL_SOURCE, MATCH_MARKED, MATCH_PICTURE, NOISE

SOURCES = ("green", "alpha", "all")


def read(
    mask: Tensor, object_mask: Tensor | None, source: str, alpha: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Red and green, b x h x w levels, and whether each mask can steer a fill, (b,) bool.

    alpha: of the images, B x H x W levels, or None.
    """
    red, green = _channels(mask, object_mask)
    low, high = torch.aminmax(red.flatten(1), dim=1)
    red_is_flat = high - low < FLAT
    painted = (low + high > LEVELS).float()[:, None, None] * LEVELS
    red = torch.where(red_is_flat[:, None, None], painted, _stretched(red, low, high))
    low, high = torch.aminmax(green.flatten(1), dim=1)
    is_full, green_is_flat = low >= FULL_SOURCE, high - low < FLAT
    green = _stretched(green, low, high)
    is_usable = is_full | ~(green_is_flat | _match(red, green))
    green = torch.where(green <= NOISE, 0, torch.where(green >= LEVELS - NOISE, LEVELS, green))
    green = torch.where(is_full[:, None, None], LEVELS, green)
    if source == "all":
        return red, torch.full_like(red, LEVELS), ~red_is_flat
    if source == "alpha":
        if alpha is None:
            return red, green, torch.zeros_like(is_usable)
        return red, alpha, ~red_is_flat & alpha.flatten(1).any(dim=1)
    return red, green, is_usable & ~red_is_flat


def _channels(mask: Tensor, object_mask: Tensor | None) -> tuple[Tensor, Tensor]:
    channels = _levels(mask)
    red, green = channels[:, 0], channels[:, min(1, mask.shape[1] - 1)]
    if mask.shape[1] == 4:
        red, green = scaled(red, channels[:, 3]), scaled(green, channels[:, 3])
    if object_mask is None:
        return red, green
    green = resized(_levels(object_mask)[:, 0], (red.shape[1], red.shape[2]))
    count = max(len(red), len(green))
    return red.expand(count, -1, -1), green.expand(count, -1, -1)


def _levels(planes: Tensor) -> Tensor:
    return torch.round(planes.float().nan_to_num(0).clamp(0, 1) * LEVELS)


def _stretched(plane: Tensor, low: Tensor, high: Tensor) -> Tensor:
    span = (high - low).clamp(min=1)[:, None, None]
    return torch.round((plane - low[:, None, None]) * LEVELS / span).clamp(0, LEVELS)


def _match(red: Tensor, green: Tensor) -> Tensor:
    differ = ((red - green).abs() > NOISE).flatten(1).sum(dim=1)
    marked = (torch.maximum(red, green) > NOISE).flatten(1).sum(dim=1)
    few = differ <= MATCH_PICTURE * (red.shape[1] * red.shape[2])
    return few & (differ <= MATCH_MARKED * marked)


def resized(planes: Tensor, size: tuple[int, int]) -> Tensor:
    """b x h x w levels at another (height, width)."""
    if planes.shape[1:] == size:
        return planes
    # Pillow goes along the rows first and rounds in between; so do we along the columns, turned,
    # for torch mixes up the pixels of a picture one pixel wide if it goes down its column
    for length in reversed(size):
        shape = (planes.shape[1], length)
        planes = functional.interpolate(planes[:, None], shape, mode="bilinear", antialias=True)
        planes = torch.round(planes[:, 0]).transpose(1, 2).contiguous()
    return planes


def scaled(plane: Tensor, weight: Tensor) -> Tensor:
    """plane * weight, both levels that stand for 0..1, rounded to the nearest level."""
    return torch.round(plane * weight / LEVELS)
