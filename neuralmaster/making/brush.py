"""Strokes of a round brush, exact also where it is a few pixels wide.

OpenCV's anti-aliased shapes are more than a pixel too wide, so smaller ones are drawn. In a thin
stroke the rest would be seen: one is drawn in parts, each at SCALE times its size and averaged.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralmaster.images import LEVELS, Plane

Points = Sequence[tuple[float, float]]  # x, y in pixels; whole numbers are the pixels' centres

THIN = 4.0  # pixels of a radius; below, strokes are drawn in parts, which is slower
LEAST = 0.5  # pixels of a radius: a brush of one pixel
PENCIL = 0.75  # pixels of a radius; below, whole pixels are marked, as by a pencil
SCALE = 16
MARGIN = 2.0  # pixels, at most, that a stroke reaches beyond its radius
# Pixels by which OpenCV's anti-aliased shapes are larger all around, measured from 8 to 80 pixels
# of width; without it, strokes of 8 pixels cover a fifth too much.
FRINGE = 0.6
PART = 24.0  # pixels of a stroke's part; larger takes more memory
_SUB = 4  # fractional bits of OpenCV's coordinates; larger draws more exactly, and overflows sooner


def draw(plane: Plane, points: Points, radii: Sequence[float]) -> None:
    """Marks, in place, what a brush goes over that has one of `radii`, in pixels, at each point."""
    places, widths = np.array(points, np.float64), np.array(radii, np.float64)
    if widths.max() < PENCIL:
        path = np.rint(np.clip(places, -1e6, 1e6)).astype(np.int32)
        path = np.concatenate([path, path[-1:]])  # one point alone would not be drawn
        cv2.polylines(plane, [path], False, LEVELS, 1, cv2.LINE_8)
    elif widths.max() < THIN:
        _draw_thin(plane, places, widths)
    else:
        _draw_tapered(plane, places, np.maximum(widths - FRINGE, 0), cv2.LINE_AA)


def _fixed(values: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(values * (1 << _SUB)).astype(np.int32)


def _draw_tapered(
    plane: Plane, places: NDArray[np.float64], widths: NDArray[np.float64], line: int
) -> None:
    """Circles, and quadrilaterals between them."""
    for (x, y), rim in zip(_fixed(places), _fixed(widths), strict=True):
        cv2.circle(plane, (int(x), int(y)), int(rim), LEVELS, cv2.FILLED, line, _SUB)
    for start, end, first, last in zip(
        places[:-1], places[1:], widths[:-1], widths[1:], strict=True
    ):
        along = end - start
        length = np.hypot(*along)
        if length:
            across = np.array([-along[1], along[0]]) / length
            corners = [start - across * first, end - across * last]
            corners += [end + across * last, start + across * first]
            cv2.fillConvexPoly(plane, _fixed(np.array(corners)), LEVELS, line, _SUB)


def _draw_thin(plane: Plane, places: NDArray[np.float64], widths: NDArray[np.float64]) -> None:
    places, widths = _divided(places, widths)
    height, width = plane.shape
    for k in range(max(1, len(places) - 1)):
        part, radii = places[k : k + 2], widths[k : k + 2]
        room = radii.max() + 1
        low = np.maximum(np.floor(part.min(axis=0) - room), 0).astype(int)
        high = np.minimum(np.ceil(part.max(axis=0) + room), (width - 1, height - 1)).astype(int) + 1
        if not (high > low).all():
            continue
        large = np.zeros(tuple((high - low)[::-1] * SCALE), np.uint8)
        _draw_tapered(large, (part - low + 0.5) * SCALE - 0.5, radii * SCALE, cv2.LINE_8)
        small = cv2.resize(large, tuple(map(int, high - low)), interpolation=cv2.INTER_AREA)
        target = plane[low[1] : high[1], low[0] : high[0]]
        np.maximum(target, small, out=target)


def _divided(
    places: NDArray[np.float64], widths: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """With points in between, so that none is further than PART from the next."""
    if len(places) < 2:
        return places, widths
    ways = np.hypot(*(places[1:] - places[:-1]).T)
    counts = np.maximum(1, np.ceil(np.minimum(ways, 1e5) / PART)).astype(int)
    at = np.concatenate([k + np.arange(n) / n for k, n in enumerate(counts)] + [[len(counts)]])
    known = np.arange(len(places))
    x, y, radii = (np.interp(at, known, values) for values in (*places.T, widths))
    return np.column_stack([x, y]), radii
