"""What a fill sees: the picture, its mask, and the context in coarse cells.

A fill is smooth, so it is made on a grid of cells, each the average of its pixels. Only the
weighing of the pixels and the blending are done at full size, strip by strip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.fills.averages import Averages
from neuralmaster.fills.field import Cells
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.opencv import NUMPY
from neuralmaster.images import Box, Floats, Plane
from neuralmaster.masks import TwoChannelMask

Curve = Callable[[Floats], Floats]  # over [0, 1], applied to each value
SQUARE = np.ones((3, 3), np.uint8)
JUST_BELOW_HALF = 127  # level: the last that a curve may count as context


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
        pixels give no colour. wary: for a fill that judges the context; red is taken as raised
        along hard edges (see beside_edges), and the mask's channels are averaged as well.
        """
        bands = len(self.picture.getbands())
        averages = Averages(box, grid, bands + 1 + 2 * wary)
        curves = images.table(by_inpaint), images.table(by_source)
        useful = 0
        for part in self._parts_with_object(box, averages.strips()):
            left, first, right, last = part
            red, green = self.mask.strip(first, last, left, right)
            weight = cv2.LUT(self._beside_edges(part, box) if wary else red, curves[0])
            weight *= cv2.LUT(green, curves[1])
            channels = images.read_channels(self.picture, part)
            if images.has_alpha(self.picture):
                weight *= channels[-1] / np.float32(images.LEVELS)
            useful += cv2.countNonZero(weight)
            colours = (channel * weight for channel in channels)
            averages.add(part, chain(colours, [weight], _products(red, green) if wary else ()))
        means = averages.means()
        colour, weight = means[:bands] / np.float32(images.LEVELS), means[bands]
        mask = means[bands + 1 :]
        if wary:
            mask /= np.array([[[images.LEVELS]], [[images.LEVELS**2]]], np.float32)
        total = max(weight.sum(dtype=np.float64), np.finfo(np.float64).tiny)
        mean = (colour.sum(axis=(1, 2), dtype=np.float64) / total).astype(np.float32)
        return Cells(NUMPY.image(colour), weight, mask, mean, grid, useful)

    def _parts_with_object(self, box: Box, strips: Iterator[tuple[int, int]]) -> Iterator[Box]:
        """Strips of a box, each no wider than what it holds of the useful object."""
        for first, last in strips:
            _, green = self.mask.strip(first, last, box[0], box[2])
            left, _, width, _ = cv2.boundingRect(green)
            if width:
                yield (box[0] + left, first, box[0] + left + width, last)

    def _beside_edges(self, part: Box, box: Box) -> Plane:
        """Red in a part of a box, raised along hard edges, within the part or right beside it."""
        left, upper = max(part[0] - 1, box[0]), max(part[1] - 1, box[1])
        right, lower = min(part[2] + 1, box[2]), min(part[3] + 1, box[3])
        red, _ = self.mask.strip(upper, lower, left, right)
        raised = beside_edges(red)
        return raised[part[1] - upper : part[3] - upper, part[0] - left : part[2] - left]


def _products(red: Plane, green: Plane) -> Iterator[Floats]:
    """Green, and red * green."""
    levels = green.astype(np.float32)
    yield levels
    yield red * levels


def beside_edges(red: Plane) -> Plane:
    """Red, raised to just below half in the pixels beside a hard edge.

    No brush follows an edge to the pixel, and scaling or JPEG mixes the colours on its two sides;
    now little depends on whether one more pixel was painted. A gradient stays as it is.
    """
    rise = cv2.subtract(cv2.dilate(red, SQUARE), red)
    # cv2.min would take a single pixel for a scalar
    return cv2.max(red, cv2.threshold(rise, JUST_BELOW_HALF, 0, cv2.THRESH_TRUNC)[1])
