"""Averages of a picture over square cells, and such cells drawn as a picture again."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from neuralmaster import images
from neuralmaster.images import Floats

Planes = Callable[[slice], Floats]  # of some rows: n x rows x width


def averages(planes: Planes, shape: tuple[int, int], size: int, multiple: int = 1) -> Floats:
    """The means of planes over cells of `size` pixels, h x w x n; 0 counts beyond the picture.

    shape: height and width of the picture.
    multiple: h and w are multiples of it, larger than the picture if need be.
    """
    cells_of = [multiple * -(-side // (multiple * size)) for side in shape]
    height, width = shape
    columns = -(-width // size)
    made: Floats | None = None
    rows = images.strip_rows(width, size)
    for first in range(0, height, rows):
        strip = planes(slice(first, first + rows))
        beyond = -strip.shape[1] % size, columns * size - width
        if any(beyond):
            strip = np.pad(strip, ((0, 0), (0, beyond[0]), (0, beyond[1])))
        # rows first: that leaves little for the slower way along columns
        lines = strip.reshape(len(strip), -1, size, columns * size).sum(axis=2)
        cells = lines.reshape(*lines.shape[:2], columns, size).sum(axis=3) / np.float32(size**2)
        if made is None:
            made = np.zeros((*cells_of, len(strip)), np.float32)
        row = first // size
        made[row : row + cells.shape[1], :columns] = cells.transpose(1, 2, 0)
    assert made is not None  # a picture has pixels
    return made


def blurred(cells: Floats, sigma: float) -> Floats:
    """A Gaussian blur of h x w x n cells, sigma in cells; beyond the border lies 0."""
    soft = [
        cv2.GaussianBlur(np.ascontiguousarray(cells[..., n]), (0, 0), sigma, borderType=_ZERO)
        for n in range(cells.shape[2])
    ]
    return np.stack(soft, axis=-1)


def drawn(cells: Floats, size: int, first: int, height: int, width: int) -> Floats:
    """Rows [first, first + height) of the picture, interpolated linearly: height x width x n.

    first: a multiple of `size`.
    """
    row = first // size
    around = np.arange(row - 1, row + -(-height // size) + 1).clip(0, len(cells) - 1)
    shape = (cells.shape[1] * size, len(around) * size)
    picture = cv2.resize(cells[around], shape, interpolation=cv2.INTER_LINEAR)
    return picture.reshape(shape[1], shape[0], -1)[size : size + height, :width]


_ZERO = cv2.BORDER_CONSTANT
