"""Draws a coarse grid at full size: linear interpolation between the centres of cells."""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.grid import Grid
from neuralmaster.images import Floats

AHEAD = 32  # rows of cells interpolated along the columns at once; more take more memory
ROWS = 64  # rows of pixels a product draws; more multiply by more zeros, fewer are more calls


class Interpolation:
    """Cells at full size, interpolated box by box, on demand.

    cells: h x w x n float32, the values at the centres of a grid's cells. From strip to strip of
    the same columns, each row of cells is interpolated along the columns about once.
    """

    def __init__(self, cells: Floats, grid: Grid) -> None:
        self._cells, self._grid = cells, grid
        self._rises = cells[:, 1:] - cells[:, :-1]  # to the next column of cells
        self._columns = (0, 0)
        self._wide, self._begin = np.empty((0, 0), np.float32), 0

    def rows(self, first: int, last: int, left: int, right: int) -> Floats:
        """Rows [first, last) of columns [left, right) of the picture: rows x (columns * n)."""
        if (left, right) != self._columns:
            self._columns, self._wide = (left, right), self._wide[:0]
            self._before, share = self._grid.across.taps(left, right)
            self._share = share.repeat(self._cells.shape[2])
        drawn = np.empty((last - first, (right - left) * self._cells.shape[2]), np.float32)
        matrix, cells = self._grid.down.interpolating(first, last)
        for upper in range(0, len(matrix), ROWS):
            part = matrix[upper : upper + ROWS]
            begin, end = max(int(part[0].argmax()) - 1, 0), int(part[-1].argmax()) + 2
            wide = self._across(slice(cells.start + begin, min(cells.start + end, cells.stop)))
            np.matmul(part[:, begin:end], wide, out=drawn[upper : upper + ROWS])
        return drawn

    def _across(self, cells: slice) -> Floats:
        """Rows of cells, interpolated along the columns."""
        if cells.start < self._begin or cells.stop > self._begin + len(self._wide):
            rows = slice(cells.start, max(cells.stop, cells.start + AHEAD))
            self._begin, self._wide = cells.start, self._taken(self._cells[rows])
            if self._rises.size:
                rise = self._taken(self._rises[rows])
                rise *= self._share
                self._wide += rise
        return self._wide[cells.start - self._begin : cells.stop - self._begin]

    def _taken(self, rows: Floats) -> Floats:
        """For each column of pixels the cell before it: rows x (columns * n)."""
        return rows.take(self._before, axis=1).reshape(len(rows), -1)
