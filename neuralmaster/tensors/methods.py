"""The fills in torch: see fills/context.py and fills/mean.py.

colours: bands x h x w in [0, 1]; red, green and opacity: h x w, all of the object's box; back come
levels, of the same shape as colours or of one pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from neuralmaster.fills.arrays import Arrays
from neuralmaster.fills.context import ALL_BUT_HALF, GRID, fill_cells
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.scene import JUST_BELOW_HALF
from neuralmaster.images import LEVELS, Floats

TINY = 1e-30  # keeps a division by no weight at all from failing


@dataclass(frozen=True)
class Place:
    """The object's rows and columns [first, last), and the grid over it."""

    rows: slice
    columns: slice
    grid: Grid

    @classmethod
    def of(cls, rows: Floats, columns: Floats) -> Place:
        """The place of an object of this much green in each row and column of the picture."""
        down, across = (_extent(sums) for sums in (rows, columns))
        return cls(down, across, Grid.of_object(rows, columns, GRID))

    def averaging(self) -> tuple[Floats, Floats]:
        """Cells x pixels of the object's box, along columns and along rows."""
        down, across = self.grid.down, self.grid.across
        return (
            down.averaging(self.rows.start, self.rows.stop, slice(0, down.count)),
            across.averaging(self.columns.start, self.columns.stop, slice(0, across.count)),
        )

    def interpolating(self) -> tuple[Floats, Floats]:
        """Pixels of the object's box x cells, along columns and along rows."""
        return (
            self.grid.down.interpolating(self.rows.start, self.rows.stop, whole=True)[0],
            self.grid.across.interpolating(self.columns.start, self.columns.stop, whole=True)[0],
        )


def _extent(sums: Floats) -> slice:
    first, last = np.flatnonzero(sums)[[0, -1]]
    return slice(int(first), int(last) + 1)


def mean(colours: Tensor, red: Tensor, green: Tensor, opacity: Tensor, _: Place) -> Tensor:
    """One colour, the mean of the context."""
    weight = (1 - 2 * red).clamp(0, 1) ** 2 * green**2 * opacity
    # in float64 there, which not every device has; sums of rows are sharp enough
    total = weight.sum(dim=1).sum().clamp(min=TINY)
    return torch.round((colours * weight).sum(dim=2).sum(dim=1) / total * LEVELS)[:, None, None]


def context(colours: Tensor, red: Tensor, green: Tensor, opacity: Tensor, place: Place) -> Tensor:
    """Colours that flow in from the context."""

    def matrix(values: Floats) -> Tensor:
        return torch.from_numpy(values).to(red.device)

    arrays = Arrays(
        torch.cat,
        matrix,
        lambda square: torch.linalg.inv_ex(square)[0],
        lambda square: torch.linalg.cholesky_ex(square)[0],
    )
    around = torch.nn.functional.max_pool2d(red[None, None], 3, 1, 1)[0, 0]
    risen = torch.maximum(red, (around - red).clamp(max=JUST_BELOW_HALF / LEVELS))
    weight = ((ALL_BUT_HALF - 8 * risen).clamp(0, 1) * green**2 * opacity)[None]
    planes = torch.cat([colours * weight, weight, green[None], (red * green)[None]])
    down, across = map(matrix, place.averaging())
    cells = down @ planes @ across.T
    bands = len(colours)
    colour, weight, mask = cells[:bands], cells[bands : bands + 1], cells[bands + 1 :]
    found, _ = fill_cells(colour, weight, mask, bands, arrays)
    down, across = map(matrix, place.interpolating())
    return torch.round(down @ (found.clamp(0, 1) * LEVELS) @ across.T)


METHODS: dict[str, Callable[[Tensor, Tensor, Tensor, Tensor, Place], Tensor]] = {
    "context": context,
    "mean": mean,
}
