"""The few array operations that a grid's arithmetic needs beyond operators and methods.

The belief and the spreading are written once, for NumPy arrays and torch tensors alike. Planes are
bands x h x w float32, images h x w x bands. What is here works for both kinds of array; `opencv`
has faster ways for NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from neuralmaster.images import Floats

NEGLIGIBLE = 1e-12  # weight of a blur; anything less would be denormal, and slow, in a product
Array = Any  # numpy.ndarray or torch.Tensor, float32


@dataclass(frozen=True)
class Arrays:
    """stack: joins arrays along the first axis. matrix: a NumPy matrix as one of these arrays.

    inverse: of a square matrix. cholesky: its lower Cholesky factor.
    """

    stack: Callable[[Sequence[Array]], Array]
    matrix: Callable[[Floats], Array]
    inverse: Callable[[Array], Array]
    cholesky: Callable[[Array], Array]

    def blur(self, planes: Array, sigma: float) -> Array:
        """Gaussian blur of planes, sigma in cells; beyond the border lies 0."""
        down, across = (gaussian(length, round(sigma, 6)) for length in planes.shape[-2:])
        # along the rows as one matrix of all of them: one product instead of many
        rows = planes.reshape(-1, planes.shape[-1]) @ self.matrix(across).T
        return self.matrix(down) @ rows.reshape(planes.shape)

    def halve(self, planes: Array) -> Array:
        """Averages of 2 x 2 cells of planes; both lengths are even."""
        rows = planes[..., ::2, :] + planes[..., 1::2, :]
        return (rows[..., ::2] + rows[..., 1::2]) / 4

    def double(self, planes: Array) -> Array:
        """Linear interpolation of planes to cells of half the size."""
        down, across = (between(length) for length in planes.shape[-2:])
        return self.matrix(down) @ planes @ self.matrix(across).T

    def image(self, planes: Array) -> Array:
        """Planes as an image."""
        return planes.swapaxes(0, 1).swapaxes(1, 2)

    def planes(self, image: Array) -> Array:
        """An image as planes."""
        return image.swapaxes(1, 2).swapaxes(0, 1)

    def plus(self, image: Array, factor: Array | float, other: Array) -> Array:
        """image + factor * other; factor: a single number."""
        return image + factor * other

    def dot(self, image: Array, other: Array) -> Array:
        """The dot product with another image, over all its bands."""
        return (image * other).sum()

    def neighbours(self, image: Array) -> Array:
        """The sum of each cell's four neighbours; beyond the border its cells go on."""
        total = 1 * image
        total[1:] = image[:-1]
        total[0] = image[0]
        total[:-1] += image[1:]
        total[-1] += image[-1]
        total[:, 1:] += image[:, :-1]
        total[:, 0] += image[:, 0]
        total[:, :-1] += image[:, 1:]
        total[:, -1] += image[:, -1]
        return total

    def sums(self, image: Array) -> Array:
        """Sums of 2 x 2 cells of an image; both lengths are even."""
        rows = image[::2] + image[1::2]
        return rows[:, ::2] + rows[:, 1::2]

    def finer(self, image: Array) -> Array:
        """Linear interpolation of an image to cells of half the size."""
        down, across = (self.matrix(between(length)) for length in image.shape[:2])
        return _along(across, _along(down, image))

    def coarser(self, image: Array) -> Array:
        """The transpose of `finer`: each cell's value, divided among the coarse ones around it."""
        down, across = (self.matrix(between(length // 2)).T for length in image.shape[:2])
        return _along(across, _along(down, image))


def _along(matrix: Array, image: Array) -> Array:
    """A matrix applied along the rows' axis of an image, and both axes exchanged."""
    rows = matrix @ image.reshape(len(image), -1)
    return rows.reshape(len(matrix), *image.shape[1:]).swapaxes(0, 1)


@lru_cache(maxsize=64)
def gaussian(length: int, sigma: float) -> Floats:
    """Weights of a blur along `length` cells, each row's sum 1 but for what lies beyond."""
    apart = np.arange(1 - length, length) / sigma
    curve = np.exp(-(apart**2) / 2)
    # the sum over all integers, which for a narrow curve is not the integral
    reach = np.arange(-np.ceil(9 * sigma), np.ceil(9 * sigma) + 1) / sigma
    curve /= np.exp(-(reach**2) / 2).sum()
    curve[curve < NEGLIGIBLE] = 0
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
