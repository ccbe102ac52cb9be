"""Draws a coarse grid at full size: linear interpolation between the centres of cells."""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.grid import Grid
from neuralmaster.images import Box, Floats

AHEAD = 16  # rows of cells interpolated along the columns at once; more take more memory
ROWS = 64  # rows of pixels a product draws; more multiply by more zeros, fewer are more calls


class Interpolation:
    """Some columns of the picture, interpolated from cells; rows are made on demand.

    cells: h x w x n float32, the values at the centres of a grid's cells. When rows are
    taken from top to bottom, each row of cells is interpolated along the columns about once.
    """

    def __init__(self, cells: Floats, grid: Grid, left: int, right: int) -> None:
        self._cells, self._down = cells, grid.down
        self._before, self._share = grid.across.taps(left, right)
        self._wide, self._begin = np.empty((0, 0), np.float32), 0

    def rows(self, first: int, last: int) -> Floats:
        """Rows [first, last) of the picture: rows x (columns * n) float32."""
        width = len(self._before) * self._cells.shape[2]
        drawn = np.empty((last - first, width), np.float32)
        for upper in range(first, last, ROWS):
            lower = min(upper + ROWS, last)
            matrix, cells = self._down.interpolating(upper, lower)
            np.matmul(matrix, self._across(cells), out=drawn[upper - first : lower - first])
        return drawn

    def _across(self, cells: slice) -> Floats:
        """Rows of cells, interpolated along the columns."""
        if cells.start < self._begin or cells.stop > self._begin + len(self._wide):
            part = self._cells[cells.start : max(cells.stop, cells.start + AHEAD)]
            wide = part.take(self._before, axis=1)
            if part.shape[1] > 1:
                rise = part.take(self._before + 1, axis=1)
                rise -= wide
                rise *= self._share[:, None]
                wide += rise
            self._begin, self._wide = cells.start, wide.reshape(len(part), -1)
        return self._wide[cells.start - self._begin : cells.stop - self._begin]


def interpolated(cells: Floats, grid: Grid, box: Box) -> Floats:
    """Cells interpolated to the pixels of a box: rows x (columns * n)."""
    left, first, right, last = box
    return Interpolation(cells, grid, left, right).rows(first, last)
