"""Spreads colours from where they are known: the smoothest colours that agree with them.

A screened Poisson equation (a membrane, held by springs; Levin, Lischinski and Weiss, 2004,
Bhat et al., 2008, and others fill in colours so), solved by conjugate gradients that are
preconditioned by multigrid (Tatebe, The multigrid preconditioned conjugate gradient method, 1993),
from a start that was solved on the coarser grids. Smoothing is by Jacobi iteration: it treats all
cells alike, so the solution of a mirrored picture is the mirrored solution.
"""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.arrays import Array, Arrays, laplacian

STEPS = 5  # of conjugate gradients; fewer leave more of the error
COARSEST = 4  # cells along the shorter side at which halving ends
TINY = 1e-30  # keeps a step from failing when there is nothing left to solve


def spread(colour: Array, pull: Array, mean: Array, home: float, arrays: Arrays) -> Array:
    """The colours, bands x h x w, that minimise the squared differences between neighbours,
    plus `pull` times that to `colour` and `home` times that to `mean`, over all cells.

    colour: bands x h x w. pull: 1 x h x w. mean: bands x 1 x 1.
    """
    known, held = [(colour - mean) * pull], [pull + home]
    while min(held[-1].shape[1:]) >= 2 * COARSEST and _is_even(held[-1]):
        # a coarse cell holds what its four cells do
        known.append(4 * arrays.halve(known[-1]))
        held.append(4 * arrays.halve(held[-1]))
    inverse = _inverse(held[-1], arrays)
    centre = [pulls + 4 for pulls in held]
    found = _solved(known[-1], inverse)
    for level in reversed(range(len(held) - 1)):
        found = arrays.double(found)
        left = known[level] - _applied(found, centre[level])
        if level:
            found = found + _v_cycle(left, centre[level:], inverse, arrays)
        else:
            found = _improved(found, left, centre, inverse, arrays)
    return found + mean


def _improved(
    found: Array, left: Array, centre: list[Array], inverse: Array, arrays: Arrays
) -> Array:
    """The solution after some steps of conjugate gradients, each band on its own.

    left: known - (held - Laplacian) found.
    """
    along, before = 0 * left, 1.0
    for _ in range(STEPS):
        better = _v_cycle(left, centre, inverse, arrays)
        size = (left * better).sum(axis=(1, 2), keepdims=True)
        along = better + size / before * along
        change = _applied(along, centre[0])
        step = size / ((along * change).sum(axis=(1, 2), keepdims=True) + TINY)
        found = found + step * along
        left = left - step * change
        before = size + TINY
    return found


def _v_cycle(known: Array, centre: list[Array], inverse: Array, arrays: Arrays) -> Array:
    """What one V-cycle, from 0, makes of `(held - Laplacian) found = known`.

    centre: held + 4, of this grid and all coarser ones. One Jacobi iteration is before the coarser
    grids and one after them, and what goes down is summed as what comes up is copied: so this
    is symmetric and positive, as conjugate gradients need it.
    """
    if len(centre) == 1:
        return _solved(known, inverse)
    found = known / centre[0]
    # what that iteration leaves of the equation is the sum of the neighbours
    left = 4 * arrays.halve(_neighbours(found))
    found = found + _copied(_v_cycle(left, centre[1:], inverse, arrays), arrays)
    return (_neighbours(found) + known) / centre[0]


def _copied(planes: Array, arrays: Arrays) -> Array:
    """Each cell's value in the four cells of half its size."""
    bands, height, width = planes.shape
    fine = arrays.stack([planes] * 4).reshape(bands, 2 * height, 2 * width)
    for row in range(2):
        for column in range(2):
            fine[:, row::2, column::2] = planes
    return fine


def _applied(found: Array, centre: Array) -> Array:
    """(held - Laplacian) found; nothing flows through the border."""
    return centre * found - _neighbours(found)


def _neighbours(planes: Array) -> Array:
    """The sum of each cell's four neighbours; beyond the border its cells go on."""
    total = 1 * planes
    total[:, 1:] = planes[:, :-1]
    total[:, :-1] += planes[:, 1:]
    total[:, -1] += planes[:, -1]
    total[..., 1:] += planes[..., :-1]
    total[..., 0] += planes[..., 0]
    total[..., :-1] += planes[..., 1:]
    total[..., -1] += planes[..., -1]
    return total


def _inverse(held: Array, arrays: Arrays) -> Array:
    """Of the equations of the coarsest grid, cells x cells."""
    height, width = held.shape[1:]
    diagonal = held.reshape(1, -1) * arrays.matrix(np.eye(height * width, dtype=np.float32))
    return arrays.inverse(diagonal - arrays.matrix(laplacian(height, width)))


def _solved(known: Array, inverse: Array) -> Array:
    return (known.reshape(len(known), -1) @ inverse).reshape(known.shape)


def _is_even(plane: Array) -> bool:
    return plane.shape[1] % 2 == 0 and plane.shape[2] % 2 == 0
