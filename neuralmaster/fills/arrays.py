"""The few array operations that a grid's arithmetic needs beyond operators and methods.

The belief and the spreading are written once, for NumPy arrays and torch tensors alike: planes
are bands x h x w float32, a blur or a change of the grid is a matrix along either axis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from neuralmaster.images import Floats

NONE = 1e-12  # of a blur's weights: what is less would be denormal, and slow, in a product
Array = Any  # numpy.ndarray or torch.Tensor, float32


@dataclass(frozen=True)
class Arrays:
    """stack: joins planes along the first axis. matrix: a NumPy matrix as one of these arrays.

    inverse: of a square matrix.
    """

    stack: Callable[[Sequence[Array]], Array]
    matrix: Callable[[Floats], Array]
    inverse: Callable[[Array], Array]

    def blur(self, planes: Array, sigma: float) -> Array:
        """Gaussian blur of bands x h x w planes, sigma in cells; beyond the border lies 0."""
        down, across = (gaussian(length, round(sigma, 6)) for length in planes.shape[-2:])
        return self.matrix(down) @ planes @ self.matrix(across).T

    def halve(self, planes: Array) -> Array:
        """Averages of 2 x 2 cells; both lengths are even."""
        rows = planes[..., ::2, :] + planes[..., 1::2, :]
        return (rows[..., ::2] + rows[..., 1::2]) / 4

    def double(self, planes: Array) -> Array:
        """Linear interpolation to cells of half the size."""
        down, across = (between(length) for length in planes.shape[-2:])
        return self.matrix(down) @ planes @ self.matrix(across).T


NUMPY = Arrays(np.concatenate, lambda matrix: matrix, np.linalg.inv)


@lru_cache(maxsize=64)
def gaussian(length: int, sigma: float) -> Floats:
    """Weights of a blur along `length` cells, each row's sum 1 but for what lies beyond."""
    apart = np.arange(1 - length, length) / sigma
    curve = np.exp(-(apart**2) / 2)
    # the sum over all integers, which for a narrow curve is not the integral
    reach = np.arange(-np.ceil(9 * sigma), np.ceil(9 * sigma) + 1) / sigma
    curve /= np.exp(-(reach**2) / 2).sum()
    curve[curve < NONE] = 0
    places = np.arange(length)
    return curve[places[:, None] - places + length - 1].astype(np.float32)


@lru_cache(maxsize=64)
def between(length: int) -> Floats:
    """2 * length x length: linear interpolation; the first and last cell go on outwards."""
    places = ((np.arange(2 * length) + 0.5) / 2 - 0.5).clip(0, length - 1)
    apart = np.abs(places[:, None] - np.arange(length))
    return np.maximum(1 - apart, 0).astype(np.float32)


@lru_cache(maxsize=64)
def laplacian(height: int, width: int) -> Floats:
    """The five-point Laplacian of height * width cells, nothing flowing through the border."""
    down, across = (np.eye(n, k=1) + np.eye(n, k=-1) - np.diag([2.0] * n) for n in (height, width))
    for line in (down, across):
        line[0, 0] += 1
        line[-1, -1] += 1
    both = np.kron(down, np.eye(width)) + np.kron(np.eye(height), across)
    return both.astype(np.float32)
