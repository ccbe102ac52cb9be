"""Manual edits of a plane: strokes, grow, shrink, feather, fill holes.

A plane here is HxW uint8 with 255 = marked, for the inpaint mask as for the useful object. Every
edit returns a new plane; soft edges stay soft.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from neuralmaster.images import LEVELS, Box, Plane
from neuralmaster.making import brush
from neuralmaster.making.brush import Points
from neuralmaster.masks import HALF, TwoChannelMask


def blank(size: tuple[int, int], level: int = 0) -> Plane:
    """A plane of one level for a picture of (width, height)."""
    shape = (size[1], size[0])
    # zeros take no memory until they are written to
    return np.full(shape, level, np.uint8) if level else np.zeros(shape, np.uint8)


def stroke(
    size: tuple[int, int], points: Points, radius: float, pressures: Sequence[float] = ()
) -> Plane:
    """The stroke of a round brush of `radius` pixels along the points; one point makes a dot.

    pressures: the share 0..1 of the radius at each point; () for the whole everywhere.
    """
    plane = blank(size)
    if points:
        shares = pressures or [1.0] * len(points)
        brush.draw(plane, points, [max(brush.LEAST, radius * share) for share in shares])
    return plane


def rectangle(size: tuple[int, int], box: Box) -> Plane:
    """The inside of a box, marked."""
    plane = blank(size)
    left, upper, right, lower = box
    plane[upper:lower, left:right] = LEVELS
    return plane


def bounds(points: Points, size: tuple[int, int]) -> Box:
    """The bounding box of the points, clipped to a picture of (width, height).

    Raises ValueError if it contains no pixel.
    """
    if not points:
        raise ValueError("expected a box with pixels in it, got none")
    places = np.array(points, np.float64)
    low = np.clip(np.floor(places.min(axis=0)), 0, size).astype(int)
    high = np.clip(np.ceil(places.max(axis=0)), 0, size).astype(int)
    if not (high > low).all():
        raise ValueError("expected a box with pixels in it, got none; draw it within the picture")
    return (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def add(plane: Plane, other: Plane) -> Plane:
    """The union: marked in either plane."""
    return cv2.max(plane, other)


def erase(plane: Plane, other: Plane) -> Plane:
    """The difference: marked in the first plane and not in the other."""
    return cv2.min(plane, cv2.bitwise_not(other))


def invert(plane: Plane) -> Plane:
    """Marked and unmarked swapped."""
    return cv2.bitwise_not(plane)


def grow(plane: Plane, pixels: float) -> Plane:
    """Moves the edge (half of full level) outwards by so many pixels, with rounded corners."""
    grown = plane.copy()
    x, y, width, height = cv2.boundingRect(plane)
    if pixels <= 0 or not _is_marked(plane[y : y + height, x : x + width]):
        return grown
    reach = int(pixels) + 2  # nothing changes further away
    part = np.s_[max(0, y - reach) : y + height + reach, max(0, x - reach) : x + width + reach]
    distance = cv2.distanceTransform(_unmarked(plane[part]), cv2.DIST_L2, cv2.DIST_MASK_5)
    clipped = cv2.threshold(distance, pixels + 1, 0, cv2.THRESH_TRUNC)[1]
    # from full at `pixels` to zero one pixel further out: as anti-aliased as a drawn edge
    soft = (pixels + 1 - clipped) * LEVELS
    grown[part] = cv2.max(plane[part], np.clip(soft, 0, LEVELS).astype(np.uint8))
    return grown


def shrink(plane: Plane, pixels: float) -> Plane:
    """Moves the edge inwards by so many pixels; the picture's border is not an edge."""
    return invert(grow(invert(plane), pixels))


def pooled(plane: Plane, factor: int) -> Plane:
    """A copy whose lengths are 1/factor, rounded up: 255 where any pixel is half or more."""
    cells = np.zeros([-(-side // factor) for side in plane.shape], np.uint8)
    left, upper, width, height = cv2.boundingRect(plane)
    if width:
        x, y = left // factor, upper // factor
        part = plane[y * factor : upper + height, x * factor : left + width]
        hard = cv2.bitwise_not(_unmarked(part))
        most = cv2.dilate(hard, np.ones((factor, factor), np.uint8), anchor=(0, 0))
        most = most[::factor, ::factor]
        cells[y : y + most.shape[0], x : x + most.shape[1]] = most
    return cells


def feather(plane: Plane, width: float) -> Plane:
    """A gradient of `width` pixels across the edge; see `TwoChannelMask.feathered`."""
    return TwoChannelMask(plane, plane).feathered(width).inpaint


def fill_holes(plane: Plane) -> Plane:
    """Marks every enclosed hole; one that touches the picture's border is not enclosed."""
    rim = cv2.copyMakeBorder(plane, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    outside = _unmarked(rim)
    cv2.floodFill(outside, None, (0, 0), 128)
    holes = cv2.inRange(outside, LEVELS, LEVELS)[1:-1, 1:-1]
    return cv2.max(plane, holes)


def hull(plane: Plane) -> Plane:
    """The convex hull of everything marked."""
    marked = cv2.bitwise_not(_unmarked(plane))
    outlines, _ = cv2.findContours(marked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    around = np.zeros_like(plane)
    if outlines:
        cv2.fillConvexPoly(around, cv2.convexHull(np.concatenate(outlines)), LEVELS)
    return around


def _is_marked(plane: Plane) -> bool:
    return bool(plane.size) and int(plane.max()) >= HALF


def _unmarked(plane: Plane) -> Plane:
    # not cv2.compare: for a single pixel it mistakes the number for an array
    return cv2.threshold(plane, HALF - 1, LEVELS, cv2.THRESH_BINARY_INV)[1]
