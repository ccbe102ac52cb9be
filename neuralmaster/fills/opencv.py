"""The operations of `arrays` for NumPy, by OpenCV's filters: one pass where NumPy needs many."""

from __future__ import annotations

import cv2
import numpy as np

from neuralmaster.fills.arrays import Arrays
from neuralmaster.images import Floats

SHARES = np.outer([1, 3, 3, 1], [1, 3, 3, 1]).astype(np.float32) / 16
ALONE = 100  # rows of a matrix, at most, that OpenCV inverts itself; a larger one, LAPACK
CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32)


class OpenCV(Arrays):
    """NumPy arrays; see Arrays."""

    def halve(self, planes: Floats) -> Floats:
        """See Arrays; planes of even height, one beneath the other, are one image."""
        height, width = planes.shape[-2:]
        tall = np.ascontiguousarray(planes).reshape(-1, width)
        size = (width // 2, len(tall) // 2)
        halved = cv2.resize(tall, size, interpolation=cv2.INTER_AREA)
        return halved.reshape(*planes.shape[:-2], height // 2, width // 2)

    def double(self, planes: Floats) -> Floats:
        """See Arrays."""
        height, width = planes.shape[-2:]
        doubled = np.empty((*planes.shape[:-2], 2 * height, 2 * width), np.float32)
        for plane, out in zip(planes, doubled, strict=True):
            cv2.resize(plane, (2 * width, 2 * height), dst=out, interpolation=cv2.INTER_LINEAR)
        return doubled

    def image(self, planes: Floats) -> Floats:
        """See Arrays."""
        return cv2.merge(list(planes)).reshape(*planes.shape[1:], -1)

    def planes(self, image: Floats) -> Floats:
        """See Arrays."""
        return np.ascontiguousarray(image.transpose(2, 0, 1))

    def plus(self, image: Floats, factor: np.float32 | float, other: Floats) -> Floats:
        """See Arrays."""
        return cv2.scaleAdd(other, float(factor), image).reshape(image.shape)

    def dot(self, image: Floats, other: Floats) -> np.float32:
        """See Arrays."""
        return np.float32(np.vdot(image, other))

    def neighbours(self, image: Floats) -> Floats:
        """See Arrays."""
        total = np.empty_like(image)
        cv2.filter2D(image, -1, CROSS, dst=total, borderType=cv2.BORDER_REPLICATE)
        return total

    def sums(self, image: Floats) -> Floats:
        """See Arrays."""
        size = image.shape[1] // 2, image.shape[0] // 2
        means = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        means *= 4
        return means.reshape(size[1], size[0], -1)

    def finer(self, image: Floats) -> Floats:
        """See Arrays."""
        size = 2 * image.shape[1], 2 * image.shape[0]
        fine = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        return fine.reshape(size[1], size[0], -1)

    def coarser(self, image: Floats) -> Floats:
        """See Arrays; by shares from the four by four cells around each coarse one."""
        shares = cv2.filter2D(image, -1, SHARES, anchor=(1, 1), borderType=cv2.BORDER_REPLICATE)
        size = image.shape[1] // 2, image.shape[0] // 2
        coarse = cv2.resize(shares, size, interpolation=cv2.INTER_NEAREST)  # each second of them
        return coarse.reshape(size[1], size[0], -1)


def _inverse(matrix: Floats) -> Floats:
    """The inverse of a positive definite or a small matrix, by blocks (Schur complement).

    LAPACK would wake the threads of its BLAS many times, and wait for each where others work too.
    """
    if len(matrix) <= ALONE:
        return np.asarray(cv2.invert(matrix)[1], dtype=np.float32)
    half = len(matrix) // 2
    right, lower = matrix[:half, half:], matrix[half:, :half]
    first = _inverse(matrix[:half, :half])
    across, down = first @ right, lower @ first
    rest = np.subtract(matrix[half:, half:], down @ right, dtype=np.float32)
    last = _inverse(rest)
    inverse = np.empty_like(matrix)
    inverse[half:, half:] = last
    inverse[half:, :half] = -last @ down
    inverse[:half, half:] = -across @ last
    inverse[:half, :half] = first - across @ inverse[half:, :half]
    return inverse


NUMPY = OpenCV(np.concatenate, lambda matrix: matrix, _inverse, np.linalg.cholesky)
