"""Planes of numbers: samples between pixels, distances, and colours carried outward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_AROUND = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))


@dataclass(frozen=True, eq=False)
class Taps:
    """The four pixels around each of N places, and how much each counts there.

    pixel: 4xN, by number in rows of the plane. share: 4xN, with a sum of 1.
    """

    pixel: Ints
    share: Singles

    @classmethod
    def at(cls, x: Floats, y: Floats, width: int, height: int) -> Taps:
        """Around places in pixels, whose middles are at .5; beyond the border, its pixels."""
        x, y = x - 0.5, y - 0.5
        left, low = np.floor(x), np.floor(y)
        right_share, high_share = (x - left).astype(np.float32), (y - low).astype(np.float32)
        columns = [np.clip(left + n, 0, width - 1).astype(np.int64) for n in (0, 1)]
        rows = [np.clip(low + n, 0, height - 1).astype(np.int64) * width for n in (0, 1)]
        pixel = np.stack([row + column for row in rows for column in columns])
        across, up = (1 - right_share, right_share), (1 - high_share, high_share)
        return cls(pixel, np.stack([b * a for b in up for a in across]))

    def of(self, plane: Singles) -> Singles:
        """The values of a plane there: HxW -> N, HxWxC -> NxC."""
        values = plane.reshape(-1, *plane.shape[2:])
        shares = self.share.reshape(4, -1, *(1,) * (plane.ndim - 2))
        result = values[self.pixel[0]] * shares[0]
        for n in (1, 2, 3):
            result += values[self.pixel[n]] * shares[n]
        return result


def halved(plane: Singles) -> Singles:
    """Means of 2x2: HxWxC -> H/2 x W/2 x C, an odd last row or column left out."""
    height, width = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    rows = plane[0:height:2, :width] + plane[1:height:2, :width]
    return (rows[:, 0::2] + rows[:, 1::2]) * np.float32(0.25)


def distance(marked: Bools, most: int) -> Singles:
    """HxW: pixels from each to the nearest marked one, exact up to `most`, which is the largest.

    Columns first, then the lower envelope across rows, as in Felzenszwalb and Huttenlocher,
    "Distance transforms of sampled functions" (2012), within `most` columns.
    """
    height, width = marked.shape
    row = np.arange(height, dtype=np.int32)[:, None]
    far = np.int32(height + most + 1)
    below = np.maximum.accumulate(np.where(marked, row, -far), axis=0)
    above = np.minimum.accumulate(np.where(marked, row, 2 * far)[::-1], axis=0)[::-1]
    column = np.minimum(np.minimum(row - below, above - row), most + 1).astype(np.float32)
    column *= column
    near = column.copy()
    for shift in range(1, min(most, width - 1) + 1):
        moved = column + np.float32(shift * shift)
        np.minimum(near[:, shift:], moved[:, :-shift], out=near[:, shift:])
        np.minimum(near[:, :-shift], moved[:, shift:], out=near[:, :-shift])
    result: Singles = np.minimum(np.sqrt(near), np.float32(most))
    return result


def outward(inside: Bools, steps: int) -> tuple[Ints, Ints]:
    """Pixels within `steps` of the inside, and for each the pixel inside to take a value from.

    Both are numbers of pixels in rows; the nearest is found up to a pixel.
    """
    height, width = inside.shape
    wide = width + 2  # a frame, so that no neighbour is across the border
    known = np.ones((height + 2, wide), np.bool_)
    known[1:-1, 1:-1] = inside
    known = known.ravel()
    source = np.arange(known.size)
    front = np.flatnonzero(_rim(inside, known.reshape(height + 2, wide)))
    reached = []
    for _ in range(steps):
        found = []
        for dy, dx in _AROUND:
            there = front + (dy * wide + dx)
            new = ~known[there]
            there, origin = there[new], front[new]
            known[there], source[there] = True, source[origin]
            found.append(there)
        front = np.unique(np.concatenate(found))
        reached.append(front)
    to = np.concatenate([np.zeros(0, np.int64), *reached])
    return _unframed(to, wide, width), _unframed(source[to], wide, width)


def _rim(inside: Bools, framed: Bools) -> Bools:
    """With the frame: what is inside and has a neighbour that is not."""
    rim = np.zeros(framed.shape, np.bool_)
    height, width = inside.shape
    whole = np.ones(inside.shape, np.bool_)
    for dy, dx in _AROUND:
        whole &= framed[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]
    rim[1:-1, 1:-1] = inside & ~whole
    return rim


def _unframed(pixels: Ints, wide: int, width: int) -> Ints:
    row, column = np.divmod(pixels, wide)
    result: Ints = (row - 1) * width + column - 1
    return result
