"""Which pixels show one surface, and where along its contours colours can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from . import planes
from .look import Visibility

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
APART = 1.5  # pixels in depth between one surface and another; larger sees through thin gaps
STEEP = 10.0  # pixels in depth for one across, at most, that a surface may fall away by
_NEAR_CONTOUR = 0.5  # the share of its quality that a texel right at a contour has


def on_plane(
    visibility: Visibility, plane: Floats, pixel: Ints, depth: Floats, apart: Floats
) -> Bools:
    """Whether pixels show a surface that continues the plane of a triangle, as near as `apart`."""
    y, x = np.divmod(pixel, visibility.view.width)
    with np.errstate(invalid="ignore"):
        result: Bools = np.abs(_depth_of(visibility, plane, x, y) - depth[pixel]) <= apart
    return result


def _depth_of(visibility: Visibility, plane: Floats, x: Ints, y: Ints) -> Floats:
    """Depths of planes in the middles of pixels."""
    order = plane[:, 0] * (x + 0.5) + plane[:, 1] * (y + 0.5) + plane[:, 2]
    with np.errstate(divide="ignore"):
        result: Floats = visibility.view.linear_depth(order)
    return result


def inset(visibility: Visibility, depth: Floats, width: int) -> tuple[Ints, Singles]:
    """For each pixel the one to take the colour from, by number, and the trust in it.

    Along contours a picture's colours run into each other. There each pixel takes the colour of
    the pixel of its own surface that is farthest from any contour, up to `width` pixels away.
    """
    source = np.arange(visibility.which.size)
    if width < 1:
        return source, np.ones(visibility.which.size, np.float32)
    away = planes.distance(_real(visibility, depth), width).ravel()
    some = np.flatnonzero((away < width) & visibility.chosen().ravel())
    on_contour = away[some] == 0
    plane = visibility.triangles.order[visibility.which.ravel()[some]]
    own = depth[some]
    best, gap = away[some], np.full(len(some), np.inf)
    for pixel, in_picture in _neighbours(some, visibility.which.shape):
        there = in_picture & (away[pixel] > away[some]) & np.isfinite(depth[pixel])
        # a way off a contour leads to either side, so the side nearest in depth is the own one
        y, x = np.divmod(pixel, visibility.view.width)
        apart = np.minimum(
            abs(_depth_of(visibility, plane, x, y) - depth[pixel]), abs(own - depth[pixel])
        )
        better = there & np.where(on_contour, apart < gap, away[pixel] > best)
        source[some[better]] = pixel[better]
        best = np.where(better, away[pixel], best)
        gap = np.where(better, apart, gap)
    for _ in range(width.bit_length() + 1):
        source = source[source]
    share = away / width
    return source, (_NEAR_CONTOUR + (1 - _NEAR_CONTOUR) * share).astype(np.float32)


def _real(visibility: Visibility, depth: Floats) -> Bools:
    """Of the pixels on contours, hidden ones too, those where the surface in view ends."""
    some = visibility.pixels
    chosen = visibility.chosen().ravel()[some]
    real = np.zeros(visibility.which.size, np.bool_)
    real[some[~chosen]] = True
    some = some[chosen]
    plane = visibility.triangles.order[visibility.which.ravel()[some]]
    apart = _tolerance(visibility, some, depth)
    for pixel, there in _neighbours(some, visibility.which.shape):
        real[some[there & ~on_plane(visibility, plane, pixel, depth, apart)]] = True
    return real.reshape(visibility.which.shape)


def _tolerance(visibility: Visibility, pixels: Ints, depth: Floats) -> Floats:
    """In depth: how far a surface may bend away from its plane within a pixel."""
    plane = visibility.triangles.order[visibility.which.ravel()[pixels]]
    slope = np.linalg.norm(plane[:, :2], axis=1)
    if not visibility.view.orthographic:
        slope = slope * depth[pixels] ** 2
    size = visibility.view.pixel_size(depth[pixels])
    result: Floats = size * APART + np.minimum(slope, size * STEEP)
    return result


def _neighbours(pixels: Ints, shape: tuple[int, int]) -> Iterator[tuple[Ints, Bools]]:
    """The eight around each pixel, within the picture, and whether each is in it."""
    row, column = np.divmod(pixels, shape[1])
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            if dy or dx:
                y, x = row + dy, column + dx
                there = (y >= 0) & (y < shape[0]) & (x >= 0) & (x < shape[1])
                y, x = np.clip(y, 0, shape[0] - 1), np.clip(x, 0, shape[1] - 1)
                yield y * shape[1] + x, there
