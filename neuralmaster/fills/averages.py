"""Averages pixels over the cells of a grid, exactly: a cell takes the share of each it covers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from neuralmaster.fills.grid import Axis, Grid
from neuralmaster.images import Box, Floats

# These are the fastest in tests/benchmarks/speed.py. Averaging is a product with a banded matrix,
# made in dense pieces.
PIECE = 8  # cells of a piece; more multiply by more zeros, fewer are more calls
STRIP = 3 << 15  # pixels of a strip; fewer are more calls, more no longer fit a core's cache
AHEAD = 128  # rows of cells that are averaged along the columns before the rest is, at once


class Averages:
    """Averages planes of a box over the cells of a grid, strip after strip."""

    def __init__(self, box: Box, grid: Grid, planes: int) -> None:
        self.box, self.grid = box, grid
        self._means = np.zeros((planes, *grid.shape), np.float32)
        # what has been added so far to some rows of cells, from the row `begin`; columns of pixels
        self._rows = np.zeros((planes, min(AHEAD, grid.down.count), box[2] - box[0]), np.float32)
        self._begin = 0

    def strips(self) -> Iterator[tuple[int, int]]:
        """Cuts the box into strips [first, last) of rows."""
        left, upper, right, lower = self.box
        rows = max(1, min(STRIP // (right - left), int((AHEAD - 2) * self.grid.size)))
        for first in range(upper, lower, rows):
            yield first, min(first + rows, lower)

    def add(self, part: Box, planes: Iterable[Floats]) -> None:
        """Adds a part of the box, within a strip, to the averages.

        planes: rows x columns each; taken one by one, so that they need not all be in memory.
        """
        left, first, right, last = part
        columns = slice(left - self.box[0], right - self.box[0])
        touched = self.grid.down.touched(first, last)
        if touched.stop > self._begin + self._rows.shape[1]:
            self._average_rows()
            self._begin = touched.start
        pieces = list(_pieces(self.grid.down, first, last))
        for plane, rows in zip(planes, self._rows, strict=True):
            for cells, pixels, weights in pieces:
                rows[cells.start - self._begin : cells.stop - self._begin, columns] += (
                    weights @ plane[pixels]
                )

    def means(self) -> Floats:
        """The averages of what has been added, planes x h x w float32."""
        self._average_rows()
        return self._means

    def _average_rows(self) -> None:
        done = self._means[:, self._begin : self._begin + self._rows.shape[1]]
        rows = self._rows[:, : done.shape[1]].reshape(-1, self._rows.shape[2])
        for cells, pixels, weights in _pieces(self.grid.across, self.box[0], self.box[2]):
            done[..., cells] += (rows[:, pixels] @ weights.T).reshape(*done.shape[:2], -1)
        self._rows[:] = 0


def _pieces(axis: Axis, first: int, last: int) -> Iterator[tuple[slice, slice, Floats]]:
    """Cells, pixels from the first on, and how much of these cells each of those pixels is."""
    touched = axis.touched(first, last)
    begins = np.arange(touched.start, touched.stop, PIECE)
    edges = axis.start + axis.size * (begins[:, None] + np.arange(PIECE + 1))
    starts = np.floor(edges[:, :1])
    weights = axis.shares(edges - starts, math.ceil(axis.size * PIECE) + 1)
    for begin, start, piece in zip(begins.tolist(), starts.ravel().tolist(), weights, strict=True):
        cells = slice(begin, min(begin + PIECE, touched.stop))
        pixels = slice(max(first, int(start)), min(last, int(start) + piece.shape[1]))
        if pixels.start < pixels.stop:
            used = piece[: cells.stop - begin, pixels.start - int(start) : pixels.stop - int(start)]
            yield cells, slice(pixels.start - first, pixels.stop - first), used
