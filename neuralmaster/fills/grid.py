"""The coarse grid that a fill is made on: square cells of any fractional size.

A cell takes exactly the share of each pixel that it covers, and a pixel's colour is interpolated
between the centres of cells. Both are separable, a matrix along the rows and one along the
columns, so nothing depends on which corner the picture is read from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralmaster.images import Box, Floats

MULTIPLE = 8  # cells on either side of the centroid, so that they can be halved three times
REACH = 2.0  # of the object's size, on either side of its centroid; larger follows outliers further


@dataclass(frozen=True)
class Axis:
    """The cells along rows or columns: `count` of `size` pixels from `start`, in pixels.

    Pixel x reaches from x to x + 1, cell i from start + i * size to start + (i + 1) * size.
    """

    start: float
    size: float
    count: int

    def averaging(self, first: int, last: int, cells: slice) -> Floats:
        """How much of each cell each of the pixels [first, last) is: cells x pixels."""
        edges = self.start + self.size * np.arange(cells.start, cells.stop + 1)
        return self.shares(edges - first, last - first)

    def shares(self, edges: NDArray[np.float64], pixels: int) -> Floats:
        """How much of the cells between some edges, in pixels, each pixel is: cells x pixels.

        edges: in ascending order along the last axis; there may be others before it.
        """
        before = edges[..., None] - np.arange(pixels)  # how much of each pixel lies before each
        np.minimum(np.maximum(before, 0, out=before), 1, out=before)
        return (before[..., 1:, :] - before[..., :-1, :]).astype(np.float32) / np.float32(self.size)

    def touched(self, first: int, last: int) -> slice:
        """The cells that the pixels [first, last) have a share in; at least one."""
        begin = math.floor((first - self.start) / self.size)
        end = math.ceil((last - self.start) / self.size)
        begin = min(max(begin, 0), self.count - 1)
        return slice(begin, min(max(end, begin + 1), self.count))

    def taps(self, first: int, last: int) -> tuple[np.ndarray, Floats]:
        """For each of the pixels [first, last) the cell before its centre, and the next's share.

        Beyond the centres of the first and the last cell, their colours continue.
        """
        places = self._places(first, last)
        before = np.minimum(places.astype(np.intp), max(self.count - 2, 0))
        return before, (places - before).astype(np.float32)

    def interpolating(self, first: int, last: int, *, whole: bool = False) -> tuple[Floats, slice]:
        """Linear interpolation to the pixels [first, last): pixels x cells, and which cells.

        whole: all the cells, not only those that these pixels need.
        """
        before, share = self.taps(first, last)
        cells = slice(int(before[0]), min(int(before[-1]) + 2, self.count))
        if whole:
            cells = slice(0, self.count)
        matrix = np.zeros((last - first, cells.stop - cells.start), np.float32)
        rows = np.arange(last - first)
        matrix[rows, before - cells.start] = 1 - share
        if self.count > 1:
            matrix[rows, before - cells.start + 1] = share
        return matrix, cells

    def _places(self, first: int, last: int) -> NDArray[np.float64]:
        """The centres of the pixels [first, last), in cells from the centre of the first cell."""
        places = (np.arange(first, last) + (0.5 - self.start)) / self.size - 0.5
        return np.minimum(np.maximum(places, 0), self.count - 1)


@dataclass(frozen=True)
class Grid:
    """Square cells over a part of the picture; `down` are its rows of cells, `across` columns."""

    down: Axis
    across: Axis

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self.down.count, self.across.count

    @property
    def size(self) -> float:
        """Pixels along a cell, both ways."""
        return self.down.size

    @property
    def left(self) -> float:
        """Where the first column of cells begins, in pixels; may lie outside the picture."""
        return self.across.start

    @property
    def upper(self) -> float:
        """Where the first row of cells begins, in pixels; may lie outside the picture."""
        return self.down.start

    @classmethod
    def of_box(cls, box: Box, size: int) -> Grid:
        """Cells of `size` pixels from the box's upper left; the last may reach beyond the box."""
        left, upper, right, lower = box
        down = Axis(upper, size, -(-(lower - upper) // size))
        return cls(down, Axis(left, size, -(-(right - left) // size)))

    @classmethod
    def of_object(cls, rows: Floats, columns: Floats, cells: int) -> Grid:
        """The cells for an object of this much green in each row and column of the picture.

        Its size is that of a square of the same second moment, which a stray pixel hardly
        moves; there are `cells` along it. They lie around the centroid, a multiple of 8 on each
        side: the same for a mirrored, turned or doubled object. The grid covers the object, but
        for what is further than REACH times that size from the centroid.
        """
        moments = [_moments(totals) for totals in (rows, columns)]
        length = math.sqrt(6 * sum(variance for _, variance in moments))
        return cls(
            *(
                _around(totals, centre, length, cells)
                for totals, (centre, _) in zip((rows, columns), moments, strict=True)
            )
        )


def _moments(totals: Floats) -> tuple[float, float]:
    """Mean and variance of a place along an axis; a pixel is as wide as it is."""
    weight = totals.astype(np.float64)
    total = float(weight.sum())
    places = np.arange(0.5, len(totals))
    centre = float(weight @ places) / total
    places -= centre
    return centre, float(weight @ (places * places)) / total + 1 / 12


def _around(totals: Floats, centre: float, length: float, cells: int) -> Axis:
    first, last = np.flatnonzero(totals)[[0, -1]].tolist()
    size = length / cells
    before, after = (
        MULTIPLE * math.ceil(min(reach, REACH * length) / (size * MULTIPLE) - 1e-6)
        for reach in (centre - first, last + 1 - centre)
    )
    return Axis(centre - before * size, size, before + after)
