"""The places in a picture where triangles are tested: points in rows."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Samples(Protocol):
    """The places where triangles are tested: points in rows, numbered row by row."""

    rows: Floats  # y of each row, ascending
    count: int

    def between(self, row: Ints, first: Floats, last: Floats) -> tuple[Ints, Ints]:
        """Numbers of the first sample at or after x `first` of a row, and of one past `last`."""

    def offset(self, start: Ints, sample: Ints) -> Ints | Floats:
        """How far apart two samples of a row are."""

    def x(self, sample: Ints) -> Floats:
        """Where a sample is in its row."""


class Grid:
    """The middles of all pixels of a picture."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows: Floats = np.arange(height, dtype=np.float64) + 0.5
        self.count = width * height

    def between(self, row: Ints, first: Floats, last: Floats) -> tuple[Ints, Ints]:
        """See `Samples`."""
        start = np.ceil(np.clip(first - 0.5, 0, self.width)).astype(np.int64)
        end = np.floor(np.clip(last + 0.5, 0, self.width)).astype(np.int64)
        return row * self.width + start, row * self.width + end

    def offset(self, start: Ints, sample: Ints) -> Ints:
        """See `Samples`."""
        return sample - start

    def x(self, sample: Ints) -> Floats:
        """See `Samples`."""
        x: Floats = sample % self.width + np.float64(0.5)
        return x


class Within:
    """A grid of `finer` x `finer` samples in each of some pixels, no two of them in one column.

    pixels: numbers of the pixels in rows of `width`, ascending.
    """

    def __init__(self, pixels: Ints, width: int, height: int, finer: int) -> None:
        self.rows = (np.arange(height * finer) + 0.5) / finer
        self.count = len(pixels) * finer * finer
        row, column = np.divmod(pixels, width)
        step = np.arange(finer)
        # each row of a pixel is shifted by its own share of a step, so that steep edges are fine
        shift = (np.argsort(step * 5 % finer) + 0.5) / finer
        rows = (row[:, None] * finer + step)[:, :, None]
        x = column[:, None, None] + (step[None, None, :] + shift[None, :, None]) / finer
        self._span = width + 1.0
        keys = (rows * self._span + x).ravel()
        self._sorting = np.argsort(keys, kind="stable")
        self._keys = keys[self._sorting]
        #: which of the pixels each sample is in
        self.pixel: Ints = self._sorting // (finer * finer)

    def between(self, row: Ints, first: Floats, last: Floats) -> tuple[Ints, Ints]:
        """See `Samples`."""
        base, most = row * self._span, self._span - 1
        start = np.searchsorted(self._keys, base + np.clip(first, 0, most), "left")
        end = np.searchsorted(self._keys, base + np.clip(last, 0, most), "right")
        return start, end

    def offset(self, start: Ints, sample: Ints) -> Floats:
        """See `Samples`."""
        result: Floats = self._keys[sample] - self._keys[start]
        return result

    def x(self, sample: Ints) -> Floats:
        """See `Samples`."""
        x: Floats = self._keys[sample] % self._span
        return x

    def y(self, sample: Ints) -> Floats:
        """The row's height of a sample."""
        row: Floats = self.rows[(self._keys[sample] // self._span).astype(np.int64)]
        return row
