"""Draws a coarse grid at full size: linear interpolation between the centres of cells."""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.grid import Grid
from neuralmaster.images import Floats

AHEAD = 16  # rows of cells interpolated along the columns at once; more take more memory
ROWS = 64  # rows of pixels a product draws; more multiply by more zeros, fewer are more calls


class Interpolation:
    """Cells at full size, interpolated box by box, on demand.

    cells: h x w x n float32, the values at the centres of a grid's cells. From strip to strip of
    the same columns, each row of cells is interpolated along the columns about once.
    """

    def __init__(self, cells: Floats, grid: Grid) -> None:
        self._cells, self._grid = cells, grid
        self._columns = (0, 0)
        self._wide, self._begin = np.empty((0, 0), np.float32), 0

    def rows(self, first: int, last: int, left: int, right: int) -> Floats:
        """Rows [first, last) of columns [left, right) of the picture: rows x (columns * n)."""
        if (left, right) != self._columns:
            self._columns, self._wide = (left, right), self._wide[:0]
        drawn = np.empty((last - first, (right - left) * self._cells.shape[2]), np.float32)
        for upper in range(first, last, ROWS):
            lower = min(upper + ROWS, last)
            matrix, cells = self._grid.down.interpolating(upper, lower)
            np.matmul(matrix, self._across(cells), out=drawn[upper - first : lower - first])
        return drawn

    def _across(self, cells: slice) -> Floats:
        """Rows of cells, interpolated along the columns."""
        if cells.start < self._begin or cells.stop > self._begin + len(self._wide):
            part = self._cells[cells.start : max(cells.stop, cells.start + AHEAD)]
            before, share = self._grid.across.taps(*self._columns)
            wide = part.take(before, axis=1)
            if part.shape[1] > 1:
                rise = part.take(before + 1, axis=1)
                rise -= wide
                rise *= share[:, None]
                wide += rise
            self._begin, self._wide = cells.start, wide.reshape(len(part), -1)
        return self._wide[cells.start - self._begin : cells.stop - self._begin]
