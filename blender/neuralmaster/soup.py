"""The triangles of a scene, those of the chosen objects and of what may stand before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .raster import cross

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
OCCLUDER = -1  # the surface of what is only in the way


@dataclass(frozen=True, eq=False)
class Soup:
    """Triangles of any number of objects, in the world's units.

    points: Nx3. triangles: Tx3, numbers of points. normals: Tx3x3, of length 1, at the corners,
    and uv: Tx3x2, 0..1 across the texture. surface: T, the number of the texture of a chosen
    object, else OCCLUDER. owner: T, the number of the object. colours: of the objects, Ox3, 0..1.
    """

    points: Floats
    triangles: Ints
    normals: Floats
    uv: Floats
    surface: Ints
    owner: Ints
    colours: Floats

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """T: whether a triangle is of a chosen object."""
        result: NDArray[np.bool_] = self.surface != OCCLUDER
        return result

    @property
    def corners(self) -> Floats:
        """Tx3x3, the places of the corners."""
        result: Floats = self.points[self.triangles]
        return result

    def chosen_points(self) -> Floats:
        """The points of the chosen objects."""
        result: Floats = self.points[np.unique(self.triangles[self.chosen])]
        return result


def joined(soups: Sequence[Soup]) -> Soup:
    """All of them as one, their points and owners numbered on; textures keep their numbers."""
    points = np.cumsum([0, *(len(soup.points) for soup in soups)])
    owners = np.cumsum([0, *(len(soup.colours) for soup in soups)])
    return Soup(
        np.concatenate([soup.points for soup in soups]),
        np.concatenate([s.triangles + n for s, n in zip(soups, points[:-1], strict=True)]),
        np.concatenate([soup.normals for soup in soups]),
        np.concatenate([soup.uv for soup in soups]),
        np.concatenate([soup.surface for soup in soups]),
        np.concatenate([s.owner + n for s, n in zip(soups, owners[:-1], strict=True)]),
        np.concatenate([soup.colours for soup in soups]),
    )


def areas(corners: Floats) -> Floats:
    """T areas of Tx3x2 or Tx3x3 corners."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    if corners.shape[2] == 2:
        result: Floats = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2
        return result
    lengths: Floats = np.linalg.norm(cross(a, b), axis=1)
    return lengths / 2


def outlines(soup: Soup, turned: NDArray[np.bool_]) -> Ints:
    """Ex2 points of the edges that a picture's contours can lie on.

    turned: T, whether a triangle's corners run clockwise in the picture. Where neither a border
    nor a fold between a triangle and a turned one is in view, coverage does not change.
    """
    ends = soup.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    low, high = ends.min(axis=1), ends.max(axis=1)
    keys = low * len(soup.points) + high
    sorting = np.argsort(keys, kind="stable")
    keys = keys[sorting]
    of = np.repeat(turned, 3)[sorting]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    counts = np.diff(np.r_[starts, len(keys)])
    turns = np.add.reduceat(of.astype(np.int64), starts) if len(starts) else counts
    contour = (counts != 2) | (turns == 1)
    which = sorting[starts[contour]]
    result: Ints = np.stack([low[which], high[which]], axis=1)
    return result
