"""An object at working resolution: what its surface is made of, and where it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralmaster.images import Floats

Flat = NDArray[np.intp]  # cells, each by its row * width + column
Where = NDArray[np.bool_]

REACH = 2  # cells from the middle of a compared patch to its edge: 5x5
TINY = np.float32(1e-6)


@dataclass(frozen=True, eq=False)
class Level:
    """One grid of a pyramid, h x w cells; levels 0..255, lengths in cells.

    detail: h x w x 3 float32, the picture less its low-pass; 0 where it is not valid.
    guide: h x w x 4 float32, what a source should have in common with its place beside the
        detail around: in the first three bands the low-pass where valid, elsewhere the colour to
        be filled with; in the last the contrast.
    valid: h x w, cells that are usable with all their pixels.
    wanted: h x w, cells that any part of the fill shows in.
    """

    detail: Floats
    guide: Floats
    valid: Where
    wanted: Where

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.valid.shape[0], self.valid.shape[1]

    @cached_property
    def tone(self) -> Floats:
        """The colour that the detail lies on, h x w x 3, about its mean over the grid."""
        colour = self.guide[..., :3]
        return colour - colour.mean(axis=(0, 1))

    @property
    def contrast(self) -> Floats:
        """How strong the detail is around each cell, or should be; see contrast.py."""
        return self.guide[..., 3]

    @cached_property
    def is_source(self) -> Where:
        """Cells whose whole patch is valid: they may be copied, and so may their neighbours."""
        return eroded(self.valid, REACH)

    @cached_property
    def source(self) -> Flat:
        """The cells that may be copied."""
        return np.flatnonzero(self.is_source)

    @cached_property
    def is_missing(self) -> Where:
        """Cells to find a source for: the wanted ones, and around them as far as a patch sees."""
        side = 2 * (REACH + 1) + 1
        near = cv2.dilate(self.wanted.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
        return near & ~self.valid

    @cached_property
    def missing(self) -> Flat:
        """The cells to find a source for."""
        return np.flatnonzero(self.is_missing)

    @cached_property
    def nearest_source(self) -> Flat:
        """h x w: the source cell nearest to each."""
        return nearest(self.is_source)

    def filled(self, picks: Flat) -> Floats:
        """The detail with that of the picked cells where it is missing."""
        whole = self.detail.copy()
        whole.reshape(-1, 3)[self.missing] = self.detail.reshape(-1, 3)[picks]
        return whole

    def halved(self) -> Level:
        """The grid of cells twice the size; an odd border is repeated."""
        valid = self.valid.astype(np.float32)
        held = _halved(valid)
        detail = _halved(self.detail * valid[..., None])
        return Level(
            detail / np.maximum(held, TINY)[..., None],
            _halved(self.guide),
            held > 0.75,  # only compared here: what is copied is the finest level's
            _halved(self.wanted.astype(np.float32)) > 0,
        )


def eroded(where: Where, reach: int) -> Where:
    """Cells all of whose square neighbourhood lies inside; the border counts as outside."""
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return cv2.erode(where.astype(np.uint8), kernel, borderValue=0) > 0


def nearest(where: Where) -> Flat:
    """The cell of a non-empty set that is nearest to each, h x w."""
    _, labels = cv2.distanceTransformWithLabels(
        (~where).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    cells = np.zeros(int(labels.max()) + 1, np.intp)
    cells[labels[where]] = np.flatnonzero(where)
    return cells[labels]


def low_passed(values: Floats, where: Where, sigma: float) -> Floats:
    """Blurred inside a set of cells only (normalised convolution), h x w x 3."""
    weight = where.astype(np.float32)
    total = cv2.GaussianBlur(
        values * weight[..., None], (0, 0), sigma, borderType=cv2.BORDER_CONSTANT
    )
    held = cv2.GaussianBlur(weight, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    return total / np.maximum(held, TINY)[..., None]


def windows(values: Floats, cells: Flat, reach: int) -> Floats:
    """The square patches around some cells, n x (side² * bands); mirrored beyond the border."""
    width = values.shape[1]
    border = cv2.BORDER_REFLECT_101 if min(values.shape[:2]) > reach else cv2.BORDER_REPLICATE
    padded = cv2.copyMakeBorder(values, reach, reach, reach, reach, border)
    padded = padded.reshape(*padded.shape[:2], -1)
    index = cells // width * padded.shape[1] + cells % width
    rows = padded.reshape(-1, padded.shape[2])
    return rows[index[:, None] + _steps(reach, padded.shape[1])].reshape(len(cells), -1)


def bell(reach: int) -> Floats:
    """Weights of the cells of a patch, less towards its edge, (side²,); they add up to 1."""
    side = 2 * reach + 1
    line = cv2.getGaussianKernel(side, side / 3)
    return (line @ line.T).ravel().astype(np.float32)


def _steps(reach: int, width: int) -> Flat:
    side = np.arange(2 * reach + 1)
    return (side[:, None] * width + side).ravel()


def _halved(grid: Floats) -> Floats:
    height, width = grid.shape[:2]
    even = cv2.copyMakeBorder(grid, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return cv2.resize(even, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
