"""Which triangle is nearest at each sample of a picture, in numpy.

Homogeneous edge functions, as in Olano and Greer, "Triangle scan conversion using 2D homogeneous
coordinates" (1997): triangles that pass behind the camera need no clipping. Every row that a
triangle crosses is cut to the span inside of it, and the samples of all spans compete at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .samples import Samples

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NONE = -1  # no triangle
_TOUCH = 1e-6  # pixels: samples this near an edge count as inside; larger closes wider cracks
_PIECE = 1 << 20  # fragments at a time; larger takes more memory


@dataclass(frozen=True, eq=False)
class Triangles:
    """Triangles in a picture, as linear functions of its pixel coordinates (x, y, 1).

    inside: Tx3x3, one row for each corner: its share divided by w; all are >= 0 in the triangle.
    order: Tx3, smaller is nearer; -1/depth for a perspective camera, whose 1/w is linear.
    low, high: T, the rows' range in pixels. limits: of `order`, nearest and farthest.
    """

    inside: Floats
    order: Floats
    low: Floats
    high: Floats
    limits: tuple[float, float]
    cut: NDArray[np.bool_]

    @classmethod
    def of_corners(cls, corners: Floats, height: int, near: float, far: float) -> Triangles:
        """From Tx3x4 corners (x w, y w, w, depth). w is the depth, or 1 if rays are parallel."""
        w, depth = corners[..., 2], corners[..., 3]
        parallel = bool((w == 1).all())
        inside = inverses(corners[..., :3].transpose(0, 2, 1))
        if parallel:
            order, limits = np.einsum("ti,tij->tj", depth, inside), (near, far)
        else:
            order, limits = -inside.sum(axis=1), (-1 / near, -1 / far)
        cut: NDArray[np.bool_] = np.any((depth < near) | (depth > far), axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            y = corners[..., 1] / w
        low = np.where(cut, 0.0, y.min(axis=1))
        high = np.where(cut, float(height), y.max(axis=1))
        gone = (depth < near).all(axis=1) | (depth > far).all(axis=1) | ~inside.any(axis=(1, 2))
        low[gone], high[gone] = 1.0, 0.0
        return cls(inside, order, low, high, limits, cut)

    @classmethod
    def flat(cls, corners: Floats) -> Triangles:
        """From Tx3x2 corners in a plane, such as the UVs in texels. They have no order."""
        ones = np.ones((*corners.shape[:2], 1))
        inside = inverses(np.concatenate([corners, ones], axis=2).transpose(0, 2, 1))
        low, high = corners[..., 1].min(axis=1), corners[..., 1].max(axis=1)
        gone = ~inside.any(axis=(1, 2))
        low[gone], high[gone] = 1.0, 0.0
        order = np.zeros((len(corners), 3))
        return cls(inside, order, low, high, (-1.0, 1.0), np.zeros(len(corners), np.bool_))

    def take(self, which: Ints) -> Triangles:
        """Some of them, by number."""
        parts = (self.inside, self.order, self.low, self.high)
        inside, order, low, high = (part[which] for part in parts)
        return Triangles(inside, order, low, high, self.limits, self.cut[which])

    def shares(self, which: Ints, x: Floats, y: Floats) -> Floats:
        """Nx3: how much of each corner of triangle `which` is at (x, y), perspective undone."""
        inside = self.inside[which]
        shares = inside[:, :, 0] * x[:, None] + inside[:, :, 1] * y[:, None] + inside[:, :, 2]
        total = shares.sum(axis=1, keepdims=True)
        result: Floats = shares / np.where(total == 0, 1.0, total)
        return result


def inverses(matrices: Floats) -> Floats:
    """Tx3x3 -> Tx3x3; zeros for what has no inverse, such as a triangle seen edge-on."""
    a, b, c = matrices[:, 0], matrices[:, 1], matrices[:, 2]
    adjugate = np.stack([cross(b, c), cross(c, a), cross(a, b)], axis=2)
    determinant = (a * adjugate[:, :, 0]).sum(axis=1)
    scale = np.abs(matrices).max(axis=(1, 2)) ** 3
    usable = np.abs(determinant) > 1e-14 * scale
    divisor = np.where(usable, determinant, 1.0)[:, None, None]
    result: Floats = np.where(usable[:, None, None], adjugate / divisor, 0.0)
    return result


def determinants(matrices: Floats) -> Floats:
    """T determinants of Tx3x3."""
    result: Floats = (matrices[:, 0] * cross(matrices[:, 1], matrices[:, 2])).sum(axis=1)
    return result


def cross(a: Floats, b: Floats) -> Floats:
    """Cross products of Nx3 and Nx3; numpy's own takes four times as long."""
    result: Floats = a[:, [1, 2, 0]] * b[:, [2, 0, 1]] - a[:, [2, 0, 1]] * b[:, [1, 2, 0]]
    return result


@dataclass(frozen=True, eq=False)
class Spans:
    """Runs of samples inside triangles: [start, end) by number, of triangle `which` in row y."""

    which: Ints
    y: Floats
    start: Ints
    end: Ints

    def take(self, some: Ints) -> Spans:
        """Some of them, by number."""
        return Spans(self.which[some], self.y[some], self.start[some], self.end[some])


def spans(triangles: Triangles, samples: Samples, touch: float = _TOUCH) -> Spans:
    """All rows of all triangles, cut to their insides. touch: pixels; below 0 leaves edges out."""
    rows = samples.rows
    first = np.searchsorted(rows, triangles.low - touch, "left")
    last = np.searchsorted(rows, triangles.high + touch, "right")
    counts = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(counts)), counts)
    row = _counted(counts) + first[which]
    y = rows[row]
    left, right = np.full(len(which), -np.inf), np.full(len(which), np.inf)
    for corner in range(3):
        _narrow((left, right), triangles.inside[which, corner], y, touch)
    if triangles.cut.any():
        near, far = triangles.limits
        for sign, limit in ((1.0, near), (-1.0, far)):
            plane = sign * triangles.order - [0.0, 0.0, sign * limit]
            _narrow((left, right), plane[which], y, 0.0)
    start, end = samples.between(row, left, right)
    some = (end > start) & (right >= left)
    return Spans(which[some], y[some], start[some], end[some])


def _narrow(bounds: tuple[Floats, Floats], plane: Floats, y: Floats, touch: float) -> None:
    """Cuts rows, from left to right bounds, to where plane . (x, y, 1) >= 0, and `touch` more."""
    left, right = bounds
    a = plane[:, 0]
    rest = plane[:, 1] * y + plane[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        x = -rest / a
    steep = np.abs(plane[:, 1]) * touch
    np.maximum(left, np.where(a > 0, x - touch, -np.inf), out=left)
    np.minimum(right, np.where(a < 0, x + touch, np.inf), out=right)
    right[(a == 0) & (rest < -steep)] = -np.inf


def _counted(counts: Ints) -> Ints:
    """0, 1, … for each of the counts in turn."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    result: Ints = np.arange(total) - np.repeat(ends - counts, counts)
    return result


def fragments(found: Spans) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Pieces of (sample, triangle, span): every sample of every span, in the spans' order."""
    counts = found.end - found.start
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        before = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, before + _PIECE, "right")), first + 1)
        some = slice(first, last)
        span = np.repeat(np.arange(first, last), counts[some])
        sample = _counted(counts[some]) + found.start[span]
        yield sample, found.which[span], span
        first = last


def nearest(triangles: Triangles, samples: Samples) -> tuple[Ints, NDArray[np.float32]]:
    """The nearest triangle at each sample, NONE if there is none, and its order there (inf)."""
    winner = np.full(samples.count, NONE, np.int64)
    best = np.full(samples.count, np.inf, np.float32)
    found = spans(triangles, samples)
    # the order grows along a span from that at its first sample, so that 32 bits are enough
    begin = (
        triangles.order[found.which, 0] * samples.x(found.start)
        + triangles.order[found.which, 1] * found.y
        + triangles.order[found.which, 2]
    )
    # from far to near: of those that meet in one sample the last stays, mostly the nearest
    sorting = np.argsort(-begin)
    found = found.take(sorting)
    begin = begin[sorting].astype(np.float32)
    slope = triangles.order[found.which, 0].astype(np.float32)
    for sample, which, span in fragments(found):
        offset = samples.offset(found.start[span], sample).astype(np.float32)
        _compete(winner, best, sample, which, begin[span] + slope[span] * offset)
    return winner, best


def _compete(
    winner: Ints,
    best: NDArray[np.float32],
    sample: Ints,
    which: Ints,
    order: NDArray[np.float32],
) -> None:
    """Puts the nearest into each sample: numpy keeps the last of equal indices, so go on."""
    while len(sample):
        closer = order < best[sample]
        sample, which, order = sample[closer], which[closer], order[closer]
        winner[sample], best[sample] = which, order
