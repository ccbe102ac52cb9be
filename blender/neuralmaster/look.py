"""What a camera sees of a scene: the nearest triangle of each pixel, contours, exact coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .raster import NONE, Triangles, determinants, nearest
from .samples import Grid, Within
from .soup import Soup, outlines
from .view import View

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
FINER = 8  # rows and columns of samples in a pixel on a contour; larger is smoother and slower
_STEP = 0.125  # pixels between the marks along a contour; larger misses more of cut corners


@dataclass(frozen=True, eq=False)
class Visibility:
    """A picture's pixels, row by row from the bottom.

    triangles: the scene's, in the picture. which: HxW, the nearest triangle in the middle of each
    pixel, or NONE. order: HxW, as in `Triangles`. contour: HxW, where more than one surface may
    be in a pixel; fine: the samples there, and fine_which: the nearest triangle at each of those.
    """

    view: View
    soup: Soup
    triangles: Triangles
    which: Ints
    order: NDArray[np.float32]
    contour: Bools
    fine: Within
    fine_which: Ints

    @property
    def pixels(self) -> Ints:
        """Numbers of the pixels on contours, ascending."""
        return np.flatnonzero(self.contour)

    def chosen(self) -> Bools:
        """HxW: whether a chosen object is in the middle of a pixel."""
        return _known(self.soup.chosen, self.which)

    def coverage(self) -> NDArray[np.float32]:
        """HxW, 0..1: how much of each pixel the chosen objects cover, where nothing hides them."""
        cover = self.chosen().astype(np.float32)
        cover.ravel()[self.pixels] = self.averaged(_known(self.soup.chosen, self.fine_which))
        return cover

    def averaged(self, values: NDArray[np.generic]) -> Floats:
        """The mean of values at the fine samples, for each of `pixels`."""
        shape = (len(self.pixels), *values.shape[1:])
        total = np.zeros(shape)
        of = self.fine.pixel
        if values.ndim == 1:
            total = np.bincount(of, values, len(self.pixels))
        else:
            for channel in range(values.shape[1]):
                total[:, channel] = np.bincount(of, values[:, channel], len(self.pixels))
        result: Floats = total / FINER**2
        return result


def _known(of_triangle: NDArray[np.bool_], which: Ints) -> Bools:
    """Looks up a flag of each triangle; False where there is none."""
    result: Bools = np.append(of_triangle, False)[which]  # NONE is the last
    return result


def look(soup: Soup, view: View) -> Visibility:
    """Finds what the camera sees of the scene."""
    in_picture = _in_picture(soup, view)
    corners = in_picture[soup.triangles]
    triangles = Triangles.of_corners(corners, view.height, view.near, view.far)
    which, order = nearest(triangles, Grid(view.width, view.height))
    which = which.reshape(view.height, view.width)
    turned = determinants(corners[..., :3]) < 0
    contour = _drawn(in_picture[outlines(soup, turned)], view)
    contour |= _borders(np.append(soup.owner, NONE)[which])
    pixels = np.flatnonzero(contour)
    fine = Within(pixels, view.width, view.height, FINER)
    touching = _touching(triangles, corners, contour)
    found, _ = nearest(triangles.take(touching), fine)
    fine_which = np.append(touching, NONE)[found]
    order = order.reshape(view.height, view.width)
    return Visibility(view, soup, triangles, which, order, contour, fine, fine_which)


def _in_picture(soup: Soup, view: View) -> Floats:
    points = np.concatenate([soup.points, np.ones((len(soup.points), 1))], axis=1)
    result: Floats = points @ (view.to_pixels @ view.to_camera).T
    return result


def _borders(values: Ints) -> Bools:
    """Pixels whose neighbour to the right or above has another value, and that neighbour."""
    marked = np.zeros(values.shape, np.bool_)
    across, up = values[:, 1:] != values[:, :-1], values[1:] != values[:-1]
    marked[:, 1:] |= across
    marked[:, :-1] |= across
    marked[1:] |= up
    marked[:-1] |= up
    return marked


def _drawn(ends: Floats, view: View) -> Bools:
    """HxW: the pixels that lines touch, or nearly so. ends: Ex2x4, as `View.to_pixels` has them."""
    first, last = _clipped(ends, view)
    length = np.linalg.norm(last - first, axis=1)
    counts = np.ceil(length / _STEP).astype(np.int64) + 1
    line = np.repeat(np.arange(len(counts)), counts)
    ordinal = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (ordinal / np.maximum(counts - 1, 1)[line])[:, None]
    x, y = np.floor(first[line] * (1 - share) + last[line] * share).astype(np.int64).T
    marked = np.zeros((view.height, view.width), np.bool_)
    marked[np.clip(y, 0, view.height - 1), np.clip(x, 0, view.width - 1)] = True
    return marked


def _clipped(ends: Floats, view: View) -> tuple[Floats, Floats]:
    """The parts of lines that are in the picture, as pixels: two Nx2."""
    bounds = np.array([  # each . (x w, y w, w, depth) >= 0 in the picture
        [0, 0, 0, 1], [1, 0, 0, 0], [-1, 0, view.width, 0], [0, 1, 0, 0], [0, -1, view.height, 0],
    ], np.float64)  # fmt: skip
    offsets = np.array([view.near, 0, 0, 0, 0])
    begin, end = np.zeros(len(ends)), np.ones(len(ends))
    for bound, offset in zip(bounds, offsets, strict=True):
        a, b = (ends @ bound - offset).T
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = a / (a - b)
        begin = np.where((a < 0) & (b >= 0), np.maximum(begin, crossing), begin)
        end = np.where((a >= 0) & (b < 0), np.minimum(end, crossing), end)
        end = np.where((a < 0) & (b < 0), -1.0, end)
    ends, begin, end = (part[begin <= end] for part in (ends, begin, end))
    places = [ends[:, 0] + (ends[:, 1] - ends[:, 0]) * at[:, None] for at in (begin, end)]
    first, last = (place[:, :2] / place[:, 2:3] for place in places)
    return first, last


def _touching(triangles: Triangles, corners: Floats, marked: Bools) -> Ints:
    """Numbers of the triangles whose bounds have a marked pixel in them."""
    height, width = marked.shape
    sums = np.zeros((height + 1, width + 1), np.int64)
    sums[1:, 1:] = marked.cumsum(axis=0).cumsum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = corners[..., 0] / corners[..., 2]
    left = np.where(triangles.cut, 0, np.clip(x.min(axis=1), 0, width))
    right = np.where(triangles.cut, width, np.clip(x.max(axis=1), 0, width))
    low, high = (np.clip(side, 0, height) for side in (triangles.low, triangles.high))
    x0, y0 = np.floor(left).astype(np.int64), np.floor(low).astype(np.int64)
    x1, y1 = np.ceil(right).astype(np.int64), np.ceil(high).astype(np.int64)
    inside = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
    result: Ints = np.flatnonzero((inside > 0) & (triangles.low <= triangles.high))
    return result
