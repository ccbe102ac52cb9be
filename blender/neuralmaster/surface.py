"""The texture of the chosen objects, how well it is painted, and whether its UVs can be used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .raster import NONE, Triangles, fragments, spans
from .samples import Grid
from .soup import Soup, areas
from .view import View

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
_STRICT = -0.02  # texels: what is nearer an edge than this belongs to neither side
OVERLAP = 0.005  # of a texture's used texels; larger lets more texels show in two places
OUTSIDE = 1e-4  # of the texture's size; larger accepts UVs farther beyond its border


@dataclass(frozen=True, eq=False)
class Surface:
    """A texture. Rows count from the bottom, as v does.

    texture: HxWx4, 0..1, as it is displayed (sRGB). quality: HxW, 0 never painted .. 1 as well as
    can be. name: of the texture, for messages.
    """

    name: str
    texture: Singles
    quality: Singles


def chart(soup: Soup, number: int, width: int, height: int) -> Ints:
    """HxW: the triangle of each texel of texture `number`, or NONE.

    Raises ValueError in one sentence if its UVs lie outside of it or over each other.
    """
    which = np.flatnonzero(soup.surface == number)
    uv = soup.uv[which]
    if len(uv) and (uv.min() < -OUTSIDE or uv.max() > 1 + OUTSIDE):
        raise ValueError(
            "some UVs lie outside the texture; move or scale them into its square, "
            "from 0 to 1 in the UV editor"
        )
    triangles = Triangles.flat(uv * [width, height])
    grid = Grid(width, height)
    owner = np.full(grid.count, NONE, np.int64)
    total = 0
    for sample, found, _ in fragments(spans(triangles, grid)):
        owner[sample] = which[found]
        total += len(sample)
    used = int((owner != NONE).sum())
    if not used:
        raise ValueError(
            "the UV map is empty; unwrap the object, for example with U > Smart UV Project"
        )
    if total > used * (1 + OVERLAP):
        _check_overlap(triangles, grid)
    return owner.reshape(height, width)


def _check_overlap(triangles: Triangles, grid: Grid) -> None:
    """Counts again without the texels on edges, which neighbours share."""
    used = np.zeros(grid.count, np.bool_)
    total = 0
    for sample, _, _ in fragments(spans(triangles, grid, _STRICT)):
        used[sample] = True
        total += len(sample)
    share = 1 - int(used.sum()) / max(total, 1)
    if share > OVERLAP:
        raise ValueError(
            f"{share:.1%} of the UV map lies over another part of it, and would be painted from "
            "two places; unwrap it without overlaps, for example with U > Smart UV Project"
        )


def texel_sizes(soup: Soup, number: int, width: int, height: int) -> Floats:
    """T: the side of a texel in the world's units on each triangle; 0 where that is unknown."""
    texels = areas(soup.uv * [width, height])
    world = areas(soup.corners)
    known = (texels > 0) & (soup.surface == number)
    result: Floats = np.sqrt(np.where(known, world / np.where(known, texels, 1), 0))
    return result


def quality(facing: Floats, texel: Floats, depth: Floats, view: View, full: float) -> Floats:
    """How well a view paints texels: the cosine to the camera times the density, up to 1.

    facing: cosine of the angle between the normal and the way to the camera. texel: its side in
    the world's units. full: pixels for each texel, along a side, that count as full density.
    """
    density = texel / view.pixel_size(depth)
    result: Floats = np.clip(facing, 0, 1) * np.minimum(density / full, 1)
    return result
