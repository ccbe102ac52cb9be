"""What a fill gives: colours on a coarse grid, and the context they were made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from neuralmaster import images
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.interpolation import Interpolation
from neuralmaster.images import Floats, Plane


@dataclass(frozen=True, eq=False)
class Cells:
    """The context, averaged over the cells of a grid; what lies beyond the object's box is 0.

    colour: h x w x bands float32, the mean of weight * colour, both in [0, 1]. An alpha band
        is carried along like a colour; nothing is ever blended into it.
    weight: h x w float32, the mean weight; 0 = the cell holds no context.
    mask: 2 x h x w float32, the means of green and of red * green in [0, 1], if gathered so.
    mean: the weighted mean colour of all the context, (bands,) float32; 0 if there is none.
    useful: how many pixels have any weight.
    """

    colour: Floats
    weight: Floats
    mask: Floats
    mean: Floats
    grid: Grid
    useful: int


@dataclass(frozen=True, eq=False)
class Field:
    """Colours to fill with, on a grid that is interpolated to pixels.

    colour: h x w x bands float32 in [0, 1], the colour at the centre of each cell.
    cells: the context it was made from.
    belief: h x w float32 in [0, 1], how far a cell's context is believed to show the object.
        It says nothing about how much context a cell has; cells.weight does.
    notes: what a person should know about it, a sentence each.
    """

    colour: Floats
    cells: Cells
    belief: Floats
    notes: tuple[str, ...] = ()

    @property
    def grid(self) -> Grid:
        """Where the cells lie in the picture."""
        return self.cells.grid

    def strip(self, first: int, last: int, left: int, right: int) -> Plane:
        """Rows [first, last) of columns [left, right) of the picture, interpolated linearly.

        (last - first) x ((right - left) * bands) uint8; any strip is that part of the whole.
        """
        drawn = self._levels.rows(first, last, left, right)
        return cv2.convertScaleAbs(drawn).reshape(last - first, -1)

    def believed(self, first: int, last: int, left: int, right: int) -> Floats:
        """The belief at the centre of each of these pixels, (last - first) x (right - left)."""
        return Interpolation(self.belief[..., None], self.grid).rows(first, last, left, right)

    @cached_property
    def _levels(self) -> Interpolation:
        levels = np.clip(self.colour, 0, 1) * np.float32(images.LEVELS)
        return Interpolation(levels, self.grid)
