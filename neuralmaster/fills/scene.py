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
    """

    colour: Floats
    cells: Cells

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
        coarse = self._levels[above:below]
        drawn = cv2.resize(coarse, None, fx=size, fy=size, interpolation=cv2.INTER_LINEAR)
        y, x = first - box[1] - (above - 1) * size, left - box[0] + size
        return drawn[y : y + last - first, x : x + right - left].reshape(last - first, -1)


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
        left, upper, right, lower = box
        width, bands = right - left, len(self.picture.getbands())
        across, down = -(-width // size), -(-(lower - upper) // size)
        colour = np.zeros((down, across, bands), np.float32)
        weight = np.zeros((down, across), np.float32)
        useful = 0
        red_table, green_table = images.table(by_inpaint), images.table(by_source)
        rows = images.strip_rows(width, size)
        # Buffers are made once: fresh arrays of this size cost more than the sums in them. What
        # lies beyond the box stays 0 and fills up the last cells.
        trust = np.zeros((rows, across * size), np.float32)
        product = np.zeros((rows, across * size, bands), np.float32)
        by_red, by_green = np.empty((2, rows, width), np.float32)
        spread = np.empty((rows, width, bands), np.float32)
        for first, last in images.strips(box, size):
            n = last - first
            red, green = self.mask.strip(first, last, left, right)
            cv2.LUT(red, red_table, dst=by_red[:n])
            cv2.LUT(green, green_table, dst=by_green[:n])
            np.multiply(by_red[:n], by_green[:n], out=trust[:n, :width])
            pixels = images.read_box(self.picture, (left, first, right, last))
            pixels = pixels.reshape(n, width, bands)
            if images.has_alpha(self.picture):
                trust[:n, :width] *= pixels[..., -1] / np.float32(images.LEVELS)
            useful += cv2.countNonZero(trust[:n])
            cv2.merge([trust[:n, :width]] * bands, dst=spread[:n])
            np.multiply(pixels, spread[:n], out=product[:n, :width])
            trust[n:], product[n:] = 0, 0
            top, bottom = (first - upper) // size, -((upper - last) // size)
            cell_rows = slice(top, bottom)
            grid = (across, -(-n // size))
            held = slice(0, grid[1] * size)
            weight[cell_rows] = cv2.resize(trust[held], grid, interpolation=cv2.INTER_AREA)
            averaged = cv2.resize(product[held], grid, interpolation=cv2.INTER_AREA)
            colour[cell_rows] = averaged.reshape(-1, across, bands)
        colour /= images.LEVELS
        total = max(weight.sum(dtype=np.float64), np.finfo(np.float64).tiny)
        mean = (colour.sum(axis=(0, 1), dtype=np.float64) / total).astype(np.float32)
        for averages in (colour, weight):  # the last cells average over their own pixels only
            averages[:, -1] *= size / (width - (across - 1) * size)
            averages[-1] *= size / (lower - upper - (down - 1) * size)
        return Cells(colour, weight, mean, box, size, useful)
