"""What a fill sees, and what it gives: the context in coarse cells, and colours for all of them.

A fill is smooth, so it is made on a grid of cells, each the average of its pixels. Only the
weighing of the pixels and the blending are done at full size, strip by strip.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.fills.grid import Grid
from neuralmaster.images import Box, Floats, Plane
from neuralmaster.masks import TwoChannelMask

Curve = Callable[[Floats], Floats]  # over [0, 1], applied to each value
SECTION = 16  # cells: matrices along an axis are made for so many at once, being zero elsewhere
JUST_BELOW_HALF = 127  # level: the last that a curve may count as context
BLOCK = 8  # rows of cells that are averaged at once; likewise


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

    colour: h x w x bands float32 in [0, 1], the colour at the middle of each cell.
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
        drawn = interpolated(self._levels, self.grid, (left, first, right, last))
        return cv2.convertScaleAbs(drawn).reshape(last - first, -1)

    def believed(self, first: int, last: int, left: int, right: int) -> Floats:
        """The belief at the centre of each of these pixels, (last - first) x (right - left)."""
        drawn = interpolated(self.belief[..., None], self.grid, (left, first, right, last))
        return drawn.reshape(last - first, -1)

    @cached_property
    def _levels(self) -> Floats:
        return np.clip(self.colour, 0, 1) * np.float32(images.LEVELS)


def interpolated(cells: Floats, grid: Grid, box: Box) -> Floats:
    """Cells interpolated to the pixels of a box: rows x (columns * bands)."""
    left, first, right, last = box
    matrix, rows = grid.down.interpolating(first, last)
    before, share = grid.across.taps(left, right)
    part = cells[rows]
    colour = part.take(before, axis=1)
    if part.shape[1] > 1:
        rise = part.take(before + 1, axis=1)
        rise -= colour
        rise *= share[:, None]
        colour += rise
    return matrix @ colour.reshape(len(part), -1)


class Drawer:
    """Draws a field strip by strip from top to bottom, some cells ahead.

    A strip is often lower than a cell, and can only be drawn with the rows of cells around it.
    """

    AHEAD = 4  # rows of cells

    def __init__(self, field: Field, box: Box) -> None:
        self.field, self.box = field, box
        self._first = self._last = 0
        self._drawn = np.empty((0, 0), np.uint8)

    def strip(self, first: int, last: int) -> Plane:
        """Rows [first, last) of the box, as Field.strip has them."""
        if not self._first <= first <= last <= self._last:
            left, _, right, lower = self.box
            ahead = max(last, first + int(self.AHEAD * self.field.grid.size))
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

    def grid(self, cells: int) -> Grid:
        """The grid with so many cells along the useful object; see Grid.of_object."""
        source = self.mask.source
        if not source.any():
            source = np.full_like(source, images.LEVELS)
        rows = cv2.reduce(source, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F)
        columns = cv2.reduce(source, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F)
        return Grid.of_object(rows.ravel(), columns.ravel(), cells)

    def gather(
        self, by_inpaint: Curve, by_source: Curve, box: Box, grid: Grid, *, wary: bool = False
    ) -> Cells:
        """Averages the context within a box over the cells of a grid.

        A pixel's weight is by_inpaint(red) * by_source(green), times its alpha: transparent
        pixels give no colour. wary: for a fill that judges the context; red counts as raised along
        hard edges (see beside_edges), and the mask's channels are averaged as well.
        """
        left, _, right, _ = box
        bands = len(self.picture.getbands())
        averages = _Averages(box, grid, bands + 1 + 2 * wary)
        curves = [images.table(curve) for curve in (by_inpaint, by_source, _as_is)]
        useful = 0
        for first, last in images.strips(box):
            red, green = self.mask.strip(first, last, left, right)
            planes = averages.planes(last - first)
            weight = planes[bands]
            risen = self._beside_edges(first, last, box) if wary else red
            np.multiply(cv2.LUT(risen, curves[0]), cv2.LUT(green, curves[1]), out=weight)
            if wary:
                cv2.LUT(green, curves[2], dst=planes[-2])
                np.multiply(cv2.LUT(red, curves[2]), planes[-2], out=planes[-1])
            pixels = images.read_box(self.picture, (left, first, right, last))
            split = cv2.split(pixels.reshape(*weight.shape, bands))
            if images.has_alpha(self.picture):
                weight *= split[-1] / np.float32(images.LEVELS)
            useful += cv2.countNonZero(weight)
            for band, plane in zip(split, planes, strict=False):
                np.multiply(band, weight, out=plane)
            averages.add(first, last)
        means = averages.means
        colour, weight = means[:bands] / np.float32(images.LEVELS), means[bands]
        total = max(weight.sum(dtype=np.float64), np.finfo(np.float64).tiny)
        mean = (colour.sum(axis=(1, 2), dtype=np.float64) / total).astype(np.float32)
        colour = np.ascontiguousarray(colour.transpose(1, 2, 0))
        return Cells(colour, weight, means[bands + 1 :], mean, grid, useful)

    def _beside_edges(self, first: int, last: int, box: Box) -> Plane:
        above, below = max(first - 1, box[1]), min(last + 1, box[3])
        red, _ = self.mask.strip(above, below, box[0], box[2])
        return beside_edges(red)[first - above : last - above]


def beside_edges(red: Plane) -> Plane:
    """Red, raised to just below half in the pixels beside a hard edge.

    No brush follows an edge to the pixel, and scaling or JPEG mixes the colours of its two sides.
    So nothing depends on whether one more pixel was painted. A gradient stays as it is.
    """
    rise = cv2.subtract(cv2.dilate(red, np.ones((3, 3), np.uint8)), red)
    # cv2.min would take a single pixel for a scalar
    return cv2.max(red, cv2.threshold(rise, JUST_BELOW_HALF, 0, cv2.THRESH_TRUNC)[1])


def _as_is(levels: Floats) -> Floats:
    return levels


class _Averages:
    """Averages planes of a box over the cells of a grid, strip after strip.

    The buffers are made once: fresh arrays of this size cost more than the sums in them.
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

    def planes(self, rows: int) -> Floats:
        """Where the planes of the next strip go, planes x rows x width; written in place."""
        return self._planes[:, :rows]

    def add(self, first: int, last: int) -> None:
        """Takes the planes that were written, rows [first, last) of the picture."""
        down = self.grid.down
        step = max(1, round(BLOCK * down.size))
        for upper in range(first, last, step):
            lower = min(upper + step, last)
            cells = down.touched(upper, lower)
            matrix = down.averaging(upper, lower, cells)
            rows = matrix @ self._planes[:, upper - first : lower - first]
            for pixels, across, weights in self._sections:
                self.means[:, cells, across] += rows[..., pixels] @ weights
