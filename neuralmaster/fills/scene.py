"""What a fill sees, and the coarse grid on which it thinks.

A fill is smooth, so it is made on a grid of square cells, each the average of its pixels. Only
the weighing of the pixels and the blending are done at full size, strip by strip.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.images import Box, Floats, Plane
from neuralmaster.masks import TwoChannelMask

Curve = Callable[[Floats], Floats]  # over [0, 1], applied to each value


@dataclass(frozen=True, eq=False)
class Cells:
    """The context, averaged over square cells of `size` pixels from the box's upper left.

    colour: h x w x bands float32, the mean of weight * colour, both in [0, 1]. An alpha band
        is carried along like a colour; nothing is ever blended into it.
    weight: h x w float32, the mean weight; 0 = the cell holds no context.
    mean: the weighted mean colour of all the context, (bands,) float32; 0 if there is none.
    useful: how many pixels have any weight.
    """

    colour: Floats
    weight: Floats
    mean: Floats
    box: Box
    size: int
    useful: int


@dataclass(frozen=True, eq=False)
class Field:
    """Colours to fill with: a grid that is drawn out to the pixels of its cells' box.

    colour: h x w x bands float32 in [0, 1], the colour at the middle of each cell.
    cells: the context it was made from.
    belief: h x w float32 in [0, 1], how far a cell's context is believed to show the object;
        None if nobody judged it.
    notes: what a person should know about it, a sentence each.
    """

    colour: Floats
    cells: Cells
    belief: Floats | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def _levels(self) -> Plane:
        # a rim of one cell, so that every strip has a neighbour to be interpolated with
        return cv2.copyMakeBorder(images.to_levels(self.colour), 1, 1, 1, 1, cv2.BORDER_REPLICATE)

    def strip(self, first: int, last: int, left: int, right: int) -> Plane:
        """Rows [first, last) of columns [left, right) of the picture, interpolated linearly.

        (last - first) x ((right - left) * bands) uint8; any strip is that part of the whole.
        """
        size, box = self.cells.size, self.cells.box
        above, below = (first - box[1]) // size, -((box[1] - last) // size) + 2
        before, after = (left - box[0]) // size, -((box[0] - right) // size) + 2
        coarse = self._levels[above:below, before:after]
        drawn = cv2.resize(coarse, None, fx=size, fy=size, interpolation=cv2.INTER_LINEAR)
        y, x = first - box[1] - (above - 1) * size, left - box[0] - (before - 1) * size
        return drawn[y : y + last - first, x : x + right - left].reshape(last - first, -1)


class Drawer:
    """Draws a field strip by strip from top to bottom, some cells ahead.

    A strip is often lower than a cell, and can only be drawn with the rows of cells around it.
    """

    AHEAD = 4  # rows of cells; two more are drawn each time and thrown away

    def __init__(self, field: Field, box: Box) -> None:
        self.field, self.box = field, box
        self._first = self._last = 0
        self._drawn = np.empty((0, 0), np.uint8)

    def strip(self, first: int, last: int) -> Plane:
        """Rows [first, last) of the box, as Field.strip has them."""
        if not self._first <= first <= last <= self._last:
            left, _, right, lower = self.box
            ahead = max(last, first + self.AHEAD * self.field.cells.size)
            self._first, self._last = first, min(ahead, lower)
            self._drawn = self.field.strip(first, self._last, left, right)
        return self._drawn[first - self._first : last - self._first]


@dataclass(frozen=True, eq=False)
class Scene:
    """A standard picture (see images.standard) and its mask at the same size."""

    picture: Image.Image
    mask: TwoChannelMask

    @cached_property
    def whole(self) -> Box:
        """The box of the whole picture."""
        return (0, 0, *self.picture.size)

    @cached_property
    def object(self) -> Box:
        """The smallest box that holds the useful object; the whole picture if there is none."""
        left, upper, width, height = cv2.boundingRect(self.mask.source)
        return (left, upper, left + width, upper + height) if width else self.whole

    def gather(self, by_inpaint: Curve, by_source: Curve, box: Box, size: int) -> Cells:
        """Averages the context within a box over cells of `size` pixels.

        A pixel's weight is by_inpaint(red) * by_source(green), times its alpha: transparent
        pixels give no colour.
        """
        left, _, right, _ = box
        bands = len(self.picture.getbands())
        averages = _Averages(box, size, bands)
        tables = images.table(by_inpaint), images.table(by_source)
        by_red, by_green = np.empty((2, averages.rows, right - left), np.float32)
        for first, last in images.strips(box, size):
            red, green = self.mask.strip(first, last, left, right)
            cv2.LUT(red, tables[0], dst=by_red[: last - first])
            cv2.LUT(green, tables[1], dst=by_green[: last - first])
            weight = averages.weights(last - first)
            np.multiply(by_red[: last - first], by_green[: last - first], out=weight)
            pixels = images.read_box(self.picture, (left, first, right, last))
            pixels = pixels.reshape(*weight.shape, bands)
            if images.has_alpha(self.picture):
                weight *= pixels[..., -1] / np.float32(images.LEVELS)
            averages.add(first, pixels)
        return averages.cells()


class _Averages:
    """Averages strips of weighed pixels over the cells of a box, one strip after the other.

    The buffers are made once: fresh arrays of this size cost more than the sums in them. What
    lies beyond the box stays 0 in them and fills up the last cells.
    """

    def __init__(self, box: Box, size: int, bands: int) -> None:
        self.box, self.size = box, size
        self.width, self.height = box[2] - box[0], box[3] - box[1]
        self.across, down = -(-self.width // size), -(-self.height // size)
        self.colour = np.zeros((down, self.across, bands), np.float32)
        self.weight = np.zeros((down, self.across), np.float32)
        self.useful = 0
        self.rows = images.strip_rows(self.width, size)
        self._weight = np.zeros((self.rows, self.across * size), np.float32)
        self._product = np.zeros((*self._weight.shape, bands), np.float32)
        self._spread = np.empty((self.rows, self.width, bands), np.float32)

    def weights(self, rows: int) -> Floats:
        """Where the weights of the next strip go, rows x width; to be written in place."""
        return self._weight[:rows, : self.width]

    def add(self, first: int, pixels: Plane) -> None:
        """Takes rows x width x bands pixels, from row `first` of the picture on."""
        n, bands = len(pixels), pixels.shape[2]
        weight = self.weights(n)
        self.useful += cv2.countNonZero(weight)
        cv2.merge([weight] * bands, dst=self._spread[:n])
        np.multiply(pixels, self._spread[:n], out=self._product[:n, : self.width])
        self._weight[n:], self._product[n:] = 0, 0
        down = -(-n // self.size)
        top = (first - self.box[1]) // self.size
        self.weight[top : top + down] = self._averaged(self._weight, down)
        self.colour[top : top + down] = self._averaged(self._product, down).reshape(
            down, self.across, bands
        )

    def _averaged(self, pixels: Floats, down: int) -> Floats:
        shape = (self.across, down)
        return cv2.resize(pixels[: down * self.size], shape, interpolation=cv2.INTER_AREA)

    def cells(self) -> Cells:
        colour, weight, size = self.colour / np.float32(images.LEVELS), self.weight, self.size
        total = max(weight.sum(dtype=np.float64), np.finfo(np.float64).tiny)
        mean = (colour.sum(axis=(0, 1), dtype=np.float64) / total).astype(np.float32)
        for averages in (colour, weight):  # the last cells average over their own pixels only
            averages[:, -1] *= size / (self.width - (self.across - 1) * size)
            averages[-1] *= size / (self.height - (len(weight) - 1) * size)
        return Cells(colour, weight, mean, self.box, size, self.useful)
