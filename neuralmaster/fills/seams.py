"""Levels what is copied from different parts, so that no seam shows between them.

Copied parts may lie a few levels apart, which shows where the surface is smooth. Each cell's detail
gets an offset: as smooth as it can be but for the jumps that close the seams, and near 0. That is
a screened Poisson equation, as in seamless cloning (Pérez, Gangnet and Blake, Poisson image
editing, 2003) with the colour of the fill as its screen (Bhat et al., 2008).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralmaster.fills.opencv import NUMPY
from neuralmaster.fills.pyramid import Flat, Level
from neuralmaster.fills.solver import spread
from neuralmaster.images import Floats

REACH = (
    1 / 16
)  # of the object's longer side: an offset fades over so much; larger moves colours more
HELD = 1e4  # pull of a cell that keeps its detail
HALVINGS = 5  # of the grid in the solver


def offsets(level: Level, picks: Flat) -> Floats:
    """What to add to the detail that is copied, h x w x 3 levels; 0 where nothing is.

    picks: for each of the level's missing cells, the cell that it copies.
    """
    height, width = level.shape
    source = np.arange(height * width).reshape(height, width)
    source.ravel()[level.missing] = picks
    known = level.valid | level.is_missing
    jumps = np.zeros((height, width, 3), np.float32)  # the sum of each cell's, over its neighbours
    for axis, step in ((0, width), (1, 1)):
        jump = _jump(level, source, known, axis, step)
        first, second = (_but(jumps, axis, end) for end in (-1, 0))
        first -= jump
        second += jump
    free = level.is_missing
    pull = np.where(free, np.float32(1 / (REACH * max(level.shape)) ** 2), np.float32(HELD))
    side = 2**HALVINGS
    beyond = [(0, -length % side) for length in level.shape]
    pull = np.pad(pull, beyond, constant_values=pull.min())
    wanted = np.pad(jumps, [*beyond, (0, 0)]) / pull[..., None]
    mean = np.zeros((3, 1, 1), np.float32)
    solved = spread(NUMPY.planes(wanted), pull[None], mean, 0.0, NUMPY)
    return np.where(free[..., None], NUMPY.image(solved)[:height, :width], np.float32(0))


def _but(values: NDArray[Any], axis: int, end: int) -> NDArray[Any]:
    """All rows (axis 0) or columns but the last (end -1) or the first (end 0)."""
    kept = slice(None, -1) if end else slice(1, None)
    return values[kept] if axis == 0 else values[:, kept]


def _jump(level: Level, source: Flat, known: NDArray[np.bool_], axis: int, step: int) -> Floats:
    """By how much each cell's detail exceeds the next one's along an axis, where they meet.

    What each copies is continued by a cell, and compared with what the other copies there.
    """
    detail, valid = level.detail.reshape(-1, 3), level.valid.ravel()
    here, there = _but(source, axis, -1), _but(source, axis, 0)
    on, back = here + step, there - step
    meets = _but(known, axis, -1) & _but(known, axis, 0) & (on != there)
    here, there, on, back = (cells[meets] for cells in (here, there, on, back))
    on, back = np.minimum(on, valid.size - 1), np.maximum(back, 0)
    weights = [valid[on] & valid[there], valid[here] & valid[back]]
    total = np.zeros((len(here), 3), np.float32)
    for weight, mine, its in zip(weights, (on, here), (there, back), strict=True):
        total += weight[:, None] * (detail[mine] - detail[its])
    jump = np.zeros((*meets.shape, 3), np.float32)
    jump[meets] = total / np.maximum(1, weights[0] + weights[1].astype(np.float32))[:, None]
    return jump
