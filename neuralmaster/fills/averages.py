"""Averages pixels over the cells of a grid, exactly: a cell takes the share of each it covers."""

from __future__ import annotations

import numpy as np

from neuralmaster import images
from neuralmaster.fills.grid import Grid
from neuralmaster.images import Box, Floats

# Averaging is a product with a banded matrix, made in dense pieces. Larger pieces multiply by more
# zeros, smaller ones are more calls; these are the fastest in tests/benchmarks/speed.py.
SECTION = 16  # columns of cells that are averaged at once
BLOCK = 8  # rows of cells, likewise


class Averages:
    """Averages planes of a box over the cells of a grid, strip after strip.

    means: planes x h x w float32, the result. The buffers are allocated once: fresh memory of that
    size costs more than the sums in it.
    """

    def __init__(self, box: Box, grid: Grid, planes: int) -> None:
        self.box, self.grid = box, grid
        self.means = np.zeros((planes, *grid.shape), np.float32)
        self._planes = np.empty(
            (planes, min(images.strip_rows(box[2] - box[0]), box[3] - box[1]), box[2] - box[0]),
            np.float32,
        )
        self._sections = []
        for begin in range(0, grid.across.count, SECTION):
            cells = slice(begin, min(begin + SECTION, grid.across.count))
            edges = grid.left + grid.size * np.array([cells.start, cells.stop])
            left = int(max(np.floor(edges[0]), box[0]))
            right = int(min(np.ceil(edges[1]), box[2]))
            if left < right:
                matrix = grid.across.averaging(left, right, cells).T
                self._sections.append((slice(left - box[0], right - box[0]), cells, matrix))

    def planes(self, part: Box) -> Floats:
        """Where the planes of a part of the box go, planes x rows x columns; written in place."""
        left, upper, right, lower = part
        return self._planes[:, : lower - upper, : right - left]

    def add(self, part: Box) -> None:
        """Adds a part of the box, whose planes have been written, to the means."""
        left, first, right, last = part
        down, planes = self.grid.down, self.planes(part)
        step = max(1, round(BLOCK * down.size))
        strip = down.touched(first, last)
        shape = len(planes), strip.stop - strip.start, self.box[2] - self.box[0]
        rows = np.zeros(shape, np.float32)
        columns = slice(left - self.box[0], right - self.box[0])
        for upper in range(first, last, step):
            lower = min(upper + step, last)
            cells = down.touched(upper, lower)
            matrix = down.averaging(upper, lower, cells)
            cells = slice(cells.start - strip.start, cells.stop - strip.start)
            rows[:, cells, columns] += matrix @ planes[:, upper - first : lower - first]
        for pixels, across, weights in self._sections:
            means = rows.reshape(-1, shape[2])[:, pixels] @ weights
            self.means[:, strip, across] += means.reshape(*shape[:2], -1)
