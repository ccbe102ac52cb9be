"""Spreads colours from where they are known: the smoothest colours that agree with them.

A screened Poisson equation (a membrane, held by springs; Levin, Lischinski and Weiss, 2004,
Bhat et al., 2008, and others fill in colours so), solved by full multigrid (Briggs, Henson and
McCormick, A Multigrid Tutorial, 2000). Smoothing is by weighted Jacobi: it treats all cells
alike, so the solution of a mirrored picture is the mirrored solution.
"""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.arrays import Array, Arrays, laplacian

SWEEPS = 2  # of smoothing before and after each correction; fewer leave more of the error
CYCLES = 3  # of corrections on the finest grid, for one on each coarser; likewise
COARSEST = 4  # cells along the shorter side at which halving ends
DAMPING = 0.8  # of Jacobi's step: 4/5 smooths a five-point stencil best


def spread(colour: Array, pull: Array, mean: Array, home: float, arrays: Arrays) -> Array:
    """The colours, bands x h x w, that minimise the squared differences between neighbours,
    plus `pull` times that to `colour` and `home` times that to `mean`, over all cells.

    colour: bands x h x w. pull: 1 x h x w. mean: bands x 1 x 1.
    """
    levels = [((colour - mean) * pull, pull + home)]
    while min(levels[-1][1].shape[1:]) >= 2 * COARSEST and _is_even(levels[-1][1]):
        # a coarse cell holds what its four cells do
        levels.append((4 * arrays.halve(levels[-1][0]), 4 * arrays.halve(levels[-1][1])))
    found = 0 * levels[-1][0]
    held = [pulls for _, pulls in levels]
    inverse = _inverse(held[-1], arrays)
    found = _solved(levels[-1][0], inverse)
    for level in reversed(range(len(levels) - 1)):
        found = arrays.double(found)
        for _ in range(1 if level else CYCLES):
            found = _cycle(found, levels[level][0], held[level:], inverse, arrays)
    return found + mean


def _inverse(held: Array, arrays: Arrays) -> Array:
    """Of the equations of the coarsest grid, cells x cells."""
    height, width = held.shape[1:]
    diagonal = held.reshape(1, -1) * arrays.matrix(np.eye(height * width, dtype=np.float32))
    return arrays.inverse(diagonal - arrays.matrix(laplacian(height, width)))


def _solved(known: Array, inverse: Array) -> Array:
    return (known.reshape(len(known), -1) @ inverse).reshape(known.shape)


def _is_even(plane: Array) -> bool:
    return plane.shape[1] % 2 == 0 and plane.shape[2] % 2 == 0


def _cycle(
    found: Array | None, known: Array, held: list[Array], inverse: Array, arrays: Arrays
) -> Array:
    """One V-cycle for `(held - Laplacian) found = known`.

    found: to start from; None is 0. held: of this grid and all coarser ones.
    """
    if len(held) == 1:
        return _solved(known, inverse)
    found = _smoothed(found, known, held[0])
    left = arrays.gather(_residual(found, known, held[0]))
    found = found + arrays.double(_cycle(None, left, held[1:], inverse, arrays))
    return _smoothed(found, known, held[0])


def _smoothed(found: Array | None, known: Array, held: Array) -> Array:
    step = DAMPING / (held + 4)
    for _ in range(SWEEPS):
        left = known if found is None else _residual(found, known, held)
        found = step * left if found is None else found + step * left
    return found


def _residual(found: Array, known: Array, held: Array) -> Array:
    """known - (held - Laplacian) found; nothing flows through the border."""
    result = known - held * found
    down = found[:, 1:] - found[:, :-1]
    across = found[..., 1:] - found[..., :-1]
    result[:, :-1] += down
    result[:, 1:] -= down
    result[..., :-1] += across
    result[..., 1:] -= across
    return result
