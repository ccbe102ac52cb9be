"""Which triangle is nearest at each sample of a picture, in numpy.

Homogeneous edge functions, as in Olano and Greer, "Triangle scan conversion using 2D homogeneous
coordinates" (1997): triangles that pass behind the camera need no clipping. Every row that a
triangle crosses is cut to the span inside of it, and the samples of all spans compete at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

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
    def seen(cls, corners: Floats, height: int, near: float, far: float) -> Triangles:
        """From Tx3x4 corners (x w, y w, w, depth). w is the depth, or 1 if rays are parallel."""
        w, depth = corners[..., 2], corners[..., 3]
        parallel = bool((w == 1).all())
        inside = inverses(corners[..., :3].transpose(0, 2, 1))
        if parallel:
            order, limits = np.einsum("ti,tij->tj", depth, inside), (near, far)
        else:
            order, limits = -inside.sum(axis=1), (-1 / near, -1 / far)
        cut = (depth < near).any(axis=1) | (depth > far).any(axis=1)
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


class Samples(Protocol):
    """The places where triangles are tested: points in rows, numbered row by row."""

    rows: Floats  # y of each row, ascending
    count: int

    def between(self, row: Ints, first: Floats, last: Floats) -> tuple[Ints, Ints]:
        """Numbers of the first sample at or after x `first` of a row, and of one past `last`."""

    def offset(self, start: Ints, sample: Ints) -> Ints | Floats:
        """How far apart two samples of a row are."""

    def x(self, sample: Ints) -> Floats:
        """Where a sample is in its row."""


class Grid:
    """The middles of all pixels of a picture."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = np.arange(height) + 0.5
        self.count = width * height

    def between(self, row: Ints, first: Floats, last: Floats) -> tuple[Ints, Ints]:
        """See `Samples`."""
        start = np.ceil(np.clip(first - 0.5, 0, self.width)).astype(np.int64)
        end = np.floor(np.clip(last + 0.5, 0, self.width)).astype(np.int64)
        return row * self.width + start, row * self.width + end

    def offset(self, start: Ints, sample: Ints) -> Ints:
        """See `Samples`."""
        return sample - start

    def x(self, sample: Ints) -> Floats:
        """See `Samples`."""
        return sample % self.width + 0.5


class Within:
    """A grid of `finer` x `finer` samples in each of some pixels, no two of them in one column.

    pixels: numbers of the pixels in rows of `width`, ascending.
    """

    def __init__(self, pixels: Ints, width: int, height: int, finer: int) -> None:
        self.rows = (np.arange(height * finer) + 0.5) / finer
        self.count = len(pixels) * finer * finer
        row, column = np.divmod(pixels, width)
        step = np.arange(finer)
        # each row of a pixel is shifted by its own share of a step, so that steep edges are fine
        shift = (np.argsort(step * 5 % finer) + 0.5) / finer
        rows = (row[:, None] * finer + step)[:, :, None]
        x = column[:, None, None] + (step[None, None, :] + shift[None, :, None]) / finer
        self._span = width + 1.0
        keys = (rows * self._span + x).ravel()
        self._sorting = np.argsort(keys, kind="stable")
        self._keys = keys[self._sorting]
        #: which of the pixels each sample is in
        self.pixel: Ints = self._sorting // (finer * finer)

    def between(self, row: Ints, first: Floats, last: Floats) -> tuple[Ints, Ints]:
        """See `Samples`."""
        base, most = row * self._span, self._span - 1
        start = np.searchsorted(self._keys, base + np.clip(first, 0, most), "left")
        end = np.searchsorted(self._keys, base + np.clip(last, 0, most), "right")
        return start, end

    def offset(self, start: Ints, sample: Ints) -> Floats:
        """See `Samples`."""
        result: Floats = self._keys[sample] - self._keys[start]
        return result

    def x(self, sample: Ints) -> Floats:
        """See `Samples`."""
        x: Floats = self._keys[sample] % self._span
        return x

    def y(self, sample: Ints) -> Floats:
        """The row's height of a sample."""
        row: Floats = self.rows[(self._keys[sample] // self._span).astype(np.int64)]
        return row


@dataclass(frozen=True, eq=False)
class Spans:
    """Runs of samples inside triangles: [start, end) by number, of triangle `which` in row y."""

    which: Ints
    y: Floats
    start: Ints
    end: Ints


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
        _narrow(left, right, triangles.inside[:, corner], which, y, touch)
    if triangles.cut.any():
        near, far = triangles.limits
        for sign, limit in ((1.0, near), (-1.0, far)):
            plane = sign * triangles.order - [0.0, 0.0, sign * limit]
            _narrow(left, right, plane, which, y, 0.0)
    start, end = samples.between(row, left, right)
    some = (end > start) & (right >= left)
    return Spans(which[some], y[some], start[some], end[some])


def _narrow(
    left: Floats, right: Floats, plane: Floats, which: Ints, y: Floats, touch: float
) -> None:
    """Cuts rows to where plane . (x, y, 1) >= 0, widened by `touch` pixels."""
    a = plane[which, 0]
    rest = plane[which, 1] * y + plane[which, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        x = -rest / a
    steep = np.abs(plane[:, 1])[which] * touch
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
    found = Spans(*(part[sorting] for part in (found.which, found.y, found.start, found.end)))
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
