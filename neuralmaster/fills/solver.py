"""Spreads colours from where they are known: the smoothest colours that agree with them.

A screened Poisson equation (a membrane held by springs; colours are filled in so by Levin,
Lischinski and Weiss, 2004, Bhat et al., 2008, and others), solved by conjugate gradients that are
preconditioned by multigrid (Tatebe, The multigrid preconditioned conjugate gradient method, 1993),
from a start that was solved on the coarsest grid. Smoothing is by Jacobi iteration: it treats all
cells alike, so the solution of a mirrored picture is the mirrored solution. Inside, images are
h x w x bands float32 (see Arrays).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuralmaster.fills.arrays import Array, Arrays, laplacian

# On the photos of tests/benchmarks/quality.py the error against a direct solution is at most 0.8
# levels of 255 with 3 steps from 3 iterations, and 0.02 on average; 3.3 with 2 steps, 1.4 from one.
STEPS = 3  # of conjugate gradients; more are slower and nearer to the solution
SMOOTHING = 3  # damped Jacobi iterations of the start on each grid; more, the same
DAMPING = 0.8  # smooths best without a screen (Trottenberg et al., Multigrid, 2001, section 2.1)
COARSEST = 4  # cells along the shorter side below which no grid is halved; larger solves more there
TINY = 1e-30  # keeps a step from failing when nothing is left of the residual


@dataclass(frozen=True)
class Level:
    """The matrix (screen - Laplacian) on one grid: its diagonal, screen + 4, and its inverse.

    yielding: how far a cell follows its four neighbours, 0..1: not where it is held firmly.
    """

    diagonal: Array
    inverse: Array
    yielding: Array

    @classmethod
    def of(cls, screen: Array) -> Level:
        """screen: how strongly each cell is held, an image, the same in each band."""
        diagonal = screen + 4
        inverse = 1 / diagonal
        return cls(diagonal, inverse, 4 * inverse)


def spread(colour: Array, pull: Array, mean: Array, home: float, arrays: Arrays) -> Array:
    """The colours, bands x h x w, that minimise the squared differences between neighbours,
    plus `pull` times that to `colour` and `home` times that to `mean`, over all cells.

    colour: bands x h x w. pull: 1 x h x w. mean: bands x 1 x 1.
    """
    sides = [arrays.image((colour - mean) * pull)]  # right-hand sides, fine to coarse
    screen = arrays.image(arrays.stack([pull + home] * len(colour)))
    levels = [Level.of(screen)]
    while min(screen.shape[:2]) >= 2 * COARSEST and _is_even(screen):
        # a coarse cell is held by the springs of its four cells together, each in series with those
        # to that cell's neighbours: one cell alone, however firmly held, does not hold the others
        sides.append(arrays.sums(sides[-1] * levels[-1].yielding))
        screen = arrays.sums(screen * levels[-1].yielding)
        levels.append(Level.of(screen))
    coarsest = _inverse(screen[..., 0], arrays)
    solution = _times(coarsest, sides[-1])
    for side, level in reversed(list(zip(sides[:-1], levels, strict=False))):
        solution = arrays.finer(solution)
        for _ in range(SMOOTHING):
            change = _smoothed(solution, side, level, arrays)
            change -= solution
            solution = arrays.plus(solution, DAMPING, change)
    return arrays.planes(_refined(solution, sides[0], levels, coarsest, arrays)) + mean


def _refined(
    solution: Array, side: Array, levels: list[Level], coarsest: Array, arrays: Arrays
) -> Array:
    """The solution after some steps of conjugate gradients, of all bands as one system."""
    residual = _residual(solution, side, levels[0], arrays)
    direction, before = 0 * residual, 1.0
    for _ in range(STEPS):
        preconditioned = _v_cycle(residual, levels, coarsest, arrays)
        product = arrays.dot(residual, preconditioned)
        direction = arrays.plus(preconditioned, product / before, direction)
        change = _applied(direction, levels[0], arrays)
        step = product / (arrays.dot(direction, change) + TINY)
        solution = arrays.plus(solution, step, direction)
        residual = arrays.plus(residual, -step, change)
        before = product + TINY
    return solution


def _v_cycle(side: Array, levels: list[Level], coarsest: Array, arrays: Arrays) -> Array:
    """What one V-cycle, from 0, makes of `(screen - Laplacian) solution = side`.

    levels: of this grid and all coarser ones. There is one Jacobi iteration before the coarser
    grids and one after them, and restriction is the transpose of interpolation, which moves cells
    as far as they yield: so the cycle is symmetric and positive, as conjugate gradients need it.
    """
    if len(levels) == 1:
        return _times(coarsest, side)
    level = levels[0]
    solution = side * level.inverse
    # after an iteration from 0 the residual is just what flows in from the neighbours
    residual = arrays.neighbours(solution)
    residual *= level.yielding
    coarse = _v_cycle(arrays.coarser(residual), levels[1:], coarsest, arrays)
    change = arrays.finer(coarse)
    change *= level.yielding
    solution += change
    return _smoothed(solution, side, level, arrays)


def _smoothed(solution: Array, side: Array, level: Level, arrays: Arrays) -> Array:
    """After a Jacobi iteration: each cell solves its own equation, its neighbours as they were."""
    around = arrays.neighbours(solution)
    around += side
    around *= level.inverse
    return around


def _residual(solution: Array, side: Array, level: Level, arrays: Arrays) -> Array:
    """side - (screen - Laplacian) solution."""
    residual = arrays.neighbours(solution)
    residual += side
    residual -= level.diagonal * solution
    return residual


def _applied(image: Array, level: Level, arrays: Arrays) -> Array:
    """(screen - Laplacian) image; nothing flows through the border."""
    change = level.diagonal * image
    change -= arrays.neighbours(image)
    return change


def _inverse(screen: Array, arrays: Arrays) -> Array:
    """The inverse of the coarsest grid's matrix, cells x cells; screen: h x w."""
    height, width = screen.shape
    diagonal = screen.reshape(1, -1) * arrays.matrix(np.eye(height * width, dtype=np.float32))
    return arrays.inverse(diagonal - arrays.matrix(laplacian(height, width)))


def _times(matrix: Array, image: Array) -> Array:
    return (matrix @ image.reshape(len(matrix), -1)).reshape(image.shape)


def _is_even(image: Array) -> bool:
    return image.shape[0] % 2 == 0 and image.shape[1] % 2 == 0
