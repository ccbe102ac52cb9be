"""Spreads colours from where they are known: the smoothest colours that agree with them.

A screened Poisson equation (a membrane held by springs; colours are filled in so by Levin,
Lischinski and Weiss, 2004, Bhat et al., 2008, and others), solved by conjugate gradients that are
preconditioned by multigrid (Tatebe, The multigrid preconditioned conjugate gradient method, 1993),
from a start that was solved on the coarser grids. Smoothing is by Jacobi iteration: it treats all
cells alike, so the solution of a mirrored picture is the mirrored solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuralmaster.fills.arrays import Array, Arrays, laplacian

STEPS = 4  # of conjugate gradients; with 3 up to 1.7 levels of error are left, with 4 up to 0.3
SMOOTHING = 2  # Jacobi iterations before and after a coarser grid; with 1, STEPS has to be 6
COARSEST = 4  # cells along the shorter side at which halving ends
TINY = 1e-30  # keeps a step from failing when there is nothing left to solve


@dataclass(frozen=True)
class Level:
    """The equation (held - Laplacian) x = known on one grid: held + 4, and what divides by it."""

    centre: Array
    share: Array

    @classmethod
    def of(cls, held: Array) -> Level:
        """held: h x w x bands, the same in each band."""
        centre = held + 4
        return cls(centre, 1 / centre)


def spread(colour: Array, pull: Array, mean: Array, home: float, arrays: Arrays) -> Array:
    """The colours, bands x h x w, that minimise the squared differences between neighbours,
    plus `pull` times that to `colour` and `home` times that to `mean`, over all cells.

    colour: bands x h x w. pull: 1 x h x w. mean: bands x 1 x 1.
    """
    known = [arrays.image((colour - mean) * pull)]
    held = arrays.image(arrays.stack([pull + home] * len(colour)))
    levels = [Level.of(held)]
    while min(held.shape[:2]) >= 2 * COARSEST and _is_even(held):
        # a coarse cell holds what its four cells do
        known.append(arrays.sums(known[-1]))
        held = arrays.sums(held)
        levels.append(Level.of(held))
    inverse = _inverse(held[..., 0], arrays)
    found = _solved(known[-1], inverse)
    for equation, level in reversed(list(zip(known[:-1], levels, strict=False))):
        found = _smoothed(arrays.finer(found), equation, level, arrays)
    found = _improved(found, known[0], levels, inverse, arrays)
    return arrays.planes(found) + mean


def _improved(
    found: Array, known: Array, levels: list[Level], inverse: Array, arrays: Arrays
) -> Array:
    """The solution after some steps of conjugate gradients, each band on its own."""
    left = _left(found, known, levels[0], arrays)
    along, before = 0 * left, 1.0
    for _ in range(STEPS):
        better = _v_cycle(left, levels, inverse, arrays)
        size = arrays.dots(left, better)
        along *= size / before
        along += better
        change = _applied(along, levels[0], arrays)
        step = size / (arrays.dots(along, change) + TINY)
        found = found + step * along
        change *= step
        left = left - change
        before = size + TINY
    return found


def _v_cycle(known: Array, levels: list[Level], inverse: Array, arrays: Arrays) -> Array:
    """What one V-cycle, from 0, makes of `(held - Laplacian) found = known`.

    levels: of this grid and all coarser ones. There is as much smoothing before the coarser grids
    as after them, and going down is the transpose of coming up: so this is symmetric and positive,
    as conjugate gradients need it.
    """
    if len(levels) == 1:
        return _solved(known, inverse)
    found = known * levels[0].share
    for _ in range(SMOOTHING - 1):
        found = _smoothed(found, known, levels[0], arrays)
    left = arrays.coarser(_left(found, known, levels[0], arrays))
    found += arrays.finer(_v_cycle(left, levels[1:], inverse, arrays))
    for _ in range(SMOOTHING):
        found = _smoothed(found, known, levels[0], arrays)
    return found


def _smoothed(found: Array, known: Array, level: Level, arrays: Arrays) -> Array:
    """After a Jacobi iteration: each cell solves its own equation, the others being as found."""
    around = arrays.neighbours(found)
    around += known
    around *= level.share
    return around


def _left(found: Array, known: Array, level: Level, arrays: Arrays) -> Array:
    """known - (held - Laplacian) found."""
    left = arrays.neighbours(found)
    left += known
    left -= level.centre * found
    return left


def _applied(found: Array, level: Level, arrays: Arrays) -> Array:
    """(held - Laplacian) found; nothing flows through the border."""
    change = level.centre * found
    change -= arrays.neighbours(found)
    return change


def _inverse(held: Array, arrays: Arrays) -> Array:
    """Of the equations of the coarsest grid, cells x cells; held: h x w."""
    height, width = held.shape
    diagonal = held.reshape(1, -1) * arrays.matrix(np.eye(height * width, dtype=np.float32))
    return arrays.inverse(diagonal - arrays.matrix(laplacian(height, width)))


def _solved(known: Array, inverse: Array) -> Array:
    return (inverse @ known.reshape(len(inverse), -1)).reshape(known.shape)


def _is_even(image: Array) -> bool:
    return image.shape[0] % 2 == 0 and image.shape[1] % 2 == 0
