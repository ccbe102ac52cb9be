"""Detail at full size: what is copied over a smooth field, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralmaster.images import Box, Floats, Plane

SELF = np.iinfo(np.intp).min  # the shift of a cell that copies nothing


@dataclass(frozen=True, eq=False)
class Detail:
    """What is laid over a field, in levels.

    levels: rows x columns x bands int16 over `box`, the picture less its low-pass where valid.
    shift: h x w, for each cell of `size` pixels how many pixels on (row by row) its detail lies;
        SELF where the cell has none.
    offset: h x w x bands float32, what is added to a cell's detail (see seams.offsets).
    lowest, highest: (bands,), no colour goes beyond these.
    """

    levels: NDArray[np.int16]
    shift: NDArray[np.intp]
    offset: Floats
    lowest: NDArray[np.int16]
    highest: NDArray[np.int16]
    box: Box
    size: int

    def over(self, fill: Plane, first: int, left: int) -> Plane:
        """A part of a field, rows x columns x bands, with the detail of its place on it.

        first, left: row and column of the picture that the part starts at, within the box.
        """
        rows = np.arange(first - self.box[1], first - self.box[1] + fill.shape[0])
        columns = np.arange(left - self.box[0], left - self.box[0] + fill.shape[1])
        detail = self._copied(rows, columns) + drawn_out(self.offset, rows, columns, self.size)
        detail += fill
        np.clip(detail, self.lowest, self.highest, out=detail)
        return np.rint(detail, out=detail).astype(np.uint8)

    def _copied(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Floats:
        """What the cells copy; between cells that copy from different parts, one fades out."""
        width = self.levels.shape[1]
        place = rows[:, None] * width + columns
        flat = self.levels.reshape(-1, self.levels.shape[2])
        own = self.shift[np.ix_(rows // self.size, columns // self.size)]
        copied = flat.take(place + np.where(own == SELF, 0, own), axis=0).astype(np.float32)
        copied[own == SELF] = 0
        down, across = (
            _beside(v, self.size, n) for v, n in zip((rows, columns), self.shift.shape, strict=True)
        )
        taps = [(self.shift[np.ix_(y, x)], wy[:, None] * wx) for y, wy in down for x, wx in across]
        mixed = np.zeros(own.shape, bool)
        for shift, _ in taps:
            mixed |= (shift != own) & (shift != SELF)
        mixed &= own != SELF
        if not mixed.any():
            return copied
        place, own = place[mixed], own[mixed]
        total = np.zeros((len(place), flat.shape[1]), np.float32)
        for shift, weight in taps:
            there = shift[mixed]
            there = np.where(there == SELF, own, there)
            total += flat.take(place + there, axis=0) * weight[mixed][:, None]
        copied[mixed] = total
        return copied


def _beside(
    places: NDArray[np.intp], size: int, cells: int
) -> list[tuple[NDArray[np.intp], Floats]]:
    """The two cells whose middles are nearest to each pixel of a line, and their weights."""
    along = (places + np.float32(0.5)) / np.float32(size) - np.float32(0.5)
    first = np.floor(along)
    share = (along - first).astype(np.float32)
    share = share * share * (3 - 2 * share)
    cell = first.astype(np.intp)
    return [
        (np.clip(cell, 0, cells - 1), 1 - share),
        (np.clip(cell + 1, 0, cells - 1), share),
    ]


def drawn_out(grid: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp], size: int) -> Floats:
    """A grid of cells of `size` pixels at some consecutive pixels, interpolated linearly."""
    above, before = rows[0] // size, columns[0] // size
    rim = cv2.copyMakeBorder(grid, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    part = rim[above : rows[-1] // size + 3, before : columns[-1] // size + 3]
    drawn = cv2.resize(part, None, fx=size, fy=size, interpolation=cv2.INTER_LINEAR)
    drawn = drawn.reshape(*drawn.shape[:2], -1)
    y, x = rows[0] - (above - 1) * size, columns[0] - (before - 1) * size
    return drawn[y : y + len(rows), x : x + len(columns)]
