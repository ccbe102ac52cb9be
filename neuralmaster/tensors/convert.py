"""Tensors to 8-bit pictures and back.

As OpenCV has them: pixels whose channels lie side by side in memory as one array, others plane by
plane, strip by strip.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from neuralmaster import images
from neuralmaster.images import LEVELS, Plane

_SHADES = np.arange(LEVELS + 1, dtype=np.float32) / np.float32(LEVELS)


def picture(tensor: Tensor) -> Image.Image:
    """C x H x W numbers as L, LA, RGB or RGBA; what is below 0 is 0, what is above 1 is 1."""
    return Image.fromarray(levels(tensor))


def levels(picture: Tensor) -> Plane:
    """C x H x W numbers as levels, H x W x C; H x W if there is one channel."""
    channels, height, width = picture.shape
    result = np.empty((height, width, channels), np.uint8)
    parts = _parts(picture)
    for first, last in images.strips((0, 0, width, height)):
        strips = (part[first:last].float().cpu().contiguous().numpy() for part in parts)
        clipped = (np.clip(strip, 0, 1) for strip in strips)
        rows = [cv2.convertScaleAbs(strip, alpha=LEVELS) for strip in clipped]
        merged = cv2.merge(rows) if len(rows) > 1 else rows[0]
        result[first:last] = merged.reshape(last - first, width, channels)
    return result[..., 0] if channels == 1 else result


def _parts(picture: Tensor) -> list[Tensor]:
    """All of a C x H x W tensor as H x W x C if it lies so in memory, else its planes."""
    pixels = picture.movedim(0, -1)
    return [pixels] if pixels.is_contiguous() else list(picture)


def write(target: Tensor, before: Plane, after: Plane) -> None:
    """Writes levels, H x W x C, into a C x H x W tensor where they differ from before."""
    height, width = after.shape[:2]
    apart = cv2.absdiff(before, after).reshape(height, -1)
    left, upper, across, down = cv2.boundingRect(apart)
    channels = apart.shape[1] // width
    columns = slice(left // channels, -(-(left + across) // channels))
    if not across:
        return
    parts = _parts(target)
    for first, last in images.strips((columns.start, upper, columns.stop, upper + down)):
        old, new = before[first:last, columns], after[first:last, columns]
        pairs = [(old, new)]
        if len(parts) > 1:
            pairs = list(zip(cv2.split(old), cv2.split(new), strict=True))
        for part, (old, new) in zip(parts, pairs, strict=True):
            shown = part[first:last, columns]
            shades = torch.from_numpy(cv2.LUT(new, _SHADES).reshape(shown.shape)).to(shown)
            same = torch.from_numpy((old == new).reshape(shown.shape)).to(shown.device)
            shown.copy_(torch.where(same, shown, shades))


def floats(levels: Plane) -> Tensor:
    """Levels as floats in [0, 1], of the same shape."""
    return torch.from_numpy(np.array(levels)).float() / LEVELS
