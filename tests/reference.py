"""Slow float64 fills, straight from their formulas in docs/how-it-works.md."""

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


def membrane(colour: Array, pull: Array, mean: Array, home: float) -> Array:
    """The dense solution of the screened Poisson equation, bands x h x w.

    colour: bands x h x w. pull: h x w. mean: (bands,).
    """
    bands, height, width = colour.shape
    number = np.arange(height * width).reshape(height, width)
    matrix = np.diag((pull + home).ravel())
    for one, other in ((number[1:], number[:-1]), (number[:, 1:], number[:, :-1])):
        for a, b in ((one.ravel(), other.ravel()), (other.ravel(), one.ravel())):
            matrix[a, a] += 1
            matrix[a, b] -= 1
    known = (colour * pull).reshape(bands, -1) + home * mean[:, None]
    return np.linalg.solve(matrix, known.T).T.reshape(colour.shape)


def averaged(
    plane: Array, start: tuple[float, float], size: float, cells: tuple[int, int]
) -> Array:
    """Means of an HxW plane over square cells of any size, what lies outside being 0."""
    for axis in (0, 1):
        lines = np.moveaxis(plane, axis, 0)
        edges = start[axis] + size * np.arange(cells[axis] + 1)
        below = np.concatenate([np.zeros((1, lines.shape[1])), np.cumsum(lines, axis=0)])
        integral = np.stack(
            [np.interp(edges, np.arange(len(below)), column) for column in below.T], axis=1
        )
        plane = np.moveaxis(np.diff(integral, axis=0) / size, 0, axis)
    return plane


def blurred(planes: Array, sigma: float) -> Array:
    """Gaussian blur of bands x h x w cells by their distances, beyond the border 0."""
    reach = np.arange(-200, 201)
    total = np.exp(-(reach**2) / (2 * sigma**2)).sum()
    for axis in (1, 2):
        places = np.arange(planes.shape[axis])
        apart = places[:, None] - places
        weights = np.exp(-(apart**2) / (2 * sigma**2)) / total
        planes = np.moveaxis(np.tensordot(weights, planes, (1, axis)), 0, axis)
    return planes


def halved(planes: Array) -> Array:
    bands, height, width = planes.shape
    return planes.reshape(bands, height // 2, 2, width // 2, 2).mean(axis=(2, 4))


def doubled(planes: Array) -> Array:
    for axis in (1, 2):
        lines = np.moveaxis(planes, axis, 0)
        padded = np.concatenate([lines[:1], lines, lines[-1:]])
        fine = np.empty((2 * len(lines), *lines.shape[1:]))
        fine[::2] = 0.25 * padded[:-2] + 0.75 * lines
        fine[1::2] = 0.25 * padded[2:] + 0.75 * lines
        planes = np.moveaxis(fine, 0, axis)
    return planes


def belief(colour: Array, weight: Array, green: Array, red: Array, per_side: int) -> Array:
    """How far the context of each cell is believed, h x w; see docs/how-it-works.md.

    colour: bands x h x w, the mean of weight * colour. weight, green, red: h x w, the means of
    the weight, of green, and of red * green.
    """
    soft = blurred(np.stack([green, red]), 0.02 * per_side)
    depth = np.clip(soft[1] / np.maximum(soft[0], 1e-6), 0, 0.5)
    rings = np.stack([np.clip(1 - abs(14 * depth - k), 0, None) for k in range(8)])

    far = weight * ((1 - 2 * depth) ** 2 + 1e-6)
    seen = colour / np.maximum(weight, 1e-6)
    apart = seen - (seen * far).sum(axis=(1, 2), keepdims=True) / far.sum()
    covariance = np.einsum("ahw,bhw,hw->ab", apart, apart, far) / far.sum()
    variances, axes = np.linalg.eigh(covariance)
    scale = axes / np.sqrt((np.maximum(variances, 0) + 0.02**2) * len(seen))
    white = np.einsum("ahw,ab->bhw", apart, scale)

    fits, supports = [1.0], [np.ones_like(halved(green[None])[0])]
    for k in range(1, 8):
        outer = rings[:k].sum(axis=0) * weight
        outer = halved(np.concatenate([white * outer, [outer]]))
        whole = outer[:-1].sum(axis=(1, 2)) / max(outer[-1].sum(), 1e-6)
        around = blurred(outer, 0.06 * per_side / 2)
        expected = (around[:-1] + 0.02 * whole[:, None, None]) / (around[-1] + 0.02)
        off = white - expected.repeat(2, axis=1).repeat(2, axis=2)
        ring = rings[k] * weight
        sums = np.concatenate([off * ring, [(off**2).sum(axis=0) * ring, ring]])
        sums = blurred(halved(halved(sums)), WIDE * per_side / 4)
        means = sums[:-1] / (sums[-1] + 1e-6)
        shift = (means[:-1] ** 2).sum(axis=0)
        shift = shift / (np.maximum(means[-1] - shift, 0) + 0.3)
        fits.append(fits[-1] / (1 + (shift / DOUBT) ** 5))
        supports.append(np.minimum(around[-1] / 0.24, 1) ** 3)
    fits = doubled(np.stack([*fits[1:], fits[-1]]))
    believed = (doubled(fits * np.stack(supports)) * rings).sum(axis=0)
    return np.clip(believed * np.minimum((soft[0] - soft[1]) / 0.4, 1), 0, 1)


WIDE, DOUBT = 0.25, 0.6


def context(image: Array, red: Array, green: Array) -> Array:
    """As `classic`: the cells, the belief in them, and the membrane through them."""
    places = [np.arange(length) + 0.5 for length in green.shape]
    middle = [green.sum(axis=1 - k) @ places[k] / green.sum() for k in (0, 1)]
    variance = sum(
        green.sum(axis=1 - k) @ (places[k] - middle[k]) ** 2 / green.sum() + 1 / 12 for k in (0, 1)
    )
    size = np.sqrt(6 * variance) / 64
    start, cells = [], []
    for k in (0, 1):
        ends = np.flatnonzero(green.sum(axis=1 - k))[[0, -1]] + [0, 1]
        before, after = (
            8 * int(np.ceil(reach / size / 8 - 1e-6))
            for reach in (middle[k] - ends[0], ends[1] - middle[k])
        )
        start.append(middle[k] - before * size)
        cells.append(before + after)
    inside = tuple(
        slice(*(np.flatnonzero(green.sum(axis=1 - k))[[0, -1]] + [0, 1])) for k in (0, 1)
    )
    padded = np.pad(red[inside], 1)
    height, width = red[inside].shape
    around = np.max(
        [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)], axis=0
    )
    risen = red.copy()
    risen[inside] = np.maximum(red[inside], np.minimum(around - red[inside], 127 / 255))
    weight = green**2 * np.clip(3.988 - 8 * risen, 0, 1)
    planes = [*(image * weight[..., None]).transpose(2, 0, 1), weight, green, red * green]
    planes = np.stack([averaged(plane, start, size, cells) for plane in planes])
    colour, weight, green_cells, red_cells = planes[:3], *planes[3:]
    believed = belief(colour, weight, green_cells, red_cells, 64)
    mean = (colour * (believed + 1e-6)).sum(axis=(1, 2)) / (weight * (believed + 1e-6)).sum()
    odds = weight * (believed / (1 - believed + 1 / 30) + 1e-6)
    found = membrane(colour / np.maximum(weight, 1e-12), odds, mean, 0.01 / 64**2)
    for axis in (1, 2):
        middles = start[axis - 1] + size * (np.arange(cells[axis - 1]) + 0.5)
        lines = np.moveaxis(found, axis, 0)
        flat = lines.reshape(len(lines), -1)
        fine = np.stack([np.interp(places[axis - 1], middles, line) for line in flat.T], axis=1)
        found = np.moveaxis(fine.reshape(-1, *lines.shape[1:]), 0, axis)
    return found.transpose(1, 2, 0)
