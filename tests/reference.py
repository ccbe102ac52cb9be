"""Slow float64 fills, straight from their formulas in docs/how-it-works.md, at full size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CLASSIC = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2))


def gaussian(values: Array, sigma: float) -> Array:
    """Blur along both axes of HxWxC; beyond the border its pixels go on."""
    reach = int(np.ceil(6 * sigma))
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()
    for axis in (0, 1):
        lines = np.moveaxis(values, axis, 0)
        count = len(lines)
        wide = np.concatenate(
            [np.repeat(lines[:1], reach, 0), lines, np.repeat(lines[-1:], reach, 0)]
        )
        length = len(wide) + 2 * reach
        spectrum = np.fft.rfft(wide, length, axis=0) * np.fft.rfft(kernel, length)[:, None, None]
        lines = np.fft.irfft(spectrum, length, axis=0)[2 * reach : 2 * reach + count]
        values = np.moveaxis(lines, 0, axis)
    return values


def classic(image: Array, red: Array, green: Array) -> Array:
    """image HxWx3, red, green HxW in [0, 1] -> fill HxWx3."""
    opacity = (green * (red < 0.5))[..., None]
    context = np.concatenate([image * opacity, opacity], axis=2)
    total = context.sum(axis=(0, 1))
    stack = np.broadcast_to(total / total[3] / 255, context.shape)
    for sigma, repeats in CLASSIC:
        layer = gaussian(context, sigma)
        for _ in range(repeats):
            stack = layer + stack * (1 - layer[..., 3:])
    return stack[..., :3] / stack[..., 3:]


def mean(image: Array, red: Array, green: Array) -> Array:
    """As `classic`, one colour everywhere."""
    weight = ((green * np.clip(1 - 2 * red, 0, 1)) ** 2)[..., None]
    return np.broadcast_to((image * weight).sum(axis=(0, 1)) / weight.sum(), image.shape)


def prepared(image: Array, red: Array, green: Array, fill: Array) -> Array:
    weight = (green * np.clip(2 * red - 1, 0, 1))[..., None]
    return image + weight * (fill - image)
