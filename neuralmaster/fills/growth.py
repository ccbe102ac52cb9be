"""Lays pieces of the object over a hole, from its rim inwards.

The most enclosed place comes next. It gets a piece whose surroundings resemble its own, as in
exemplar-based inpainting (Criminisi, Pérez and Toyama, 2004) and image quilting (Efros and
Freeman, 2001). The piece is drawn at random from those that fit nearly best, so that the object's
variety stays and another seed gives another fill (Efros and Leung, 1999); each use of a piece
makes it fit less (Kaspar et al., 2015).

Constants marked "bench" were chosen by tests/benchmarks/texture.py on that trial.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralmaster.fills.progress import Report, silent
from neuralmaster.fills.pyramid import TINY, Flat, Level, bell, eroded, windows
from neuralmaster.images import Floats, Plane

PIECE = 2  # cells from a piece's middle to its edge; larger copies more and fits less (bench)
SIGHT = 5  # cells from its middle that are compared; larger sees larger structures, and is slower
MOST = 2000  # sources to choose from; more fit better and take longer
ALIKE = 0.1  # by how much more than the best a piece may differ; larger mixes more (bench)
NOISE = 0.01  # difference that never counts, of the contrast squared; larger mixes more (bench)
GUIDE = 1.0  # weight of colour and contrast; larger keeps to sources alike in them (bench)
AGAIN = 0.2  # cost of a use, of the contrast squared; larger repeats less and fits less (bench)
OVERLAP = 0.5  # share of a place's known cells that its source must have too; larger finds fewer


def grow(level: Level, rng: np.random.Generator, report: Report = silent) -> Flat:
    """A source cell for each missing cell (see Level.missing); `level` has some source."""
    growth = _Growth(level, rng)
    all_cells = growth.left
    while growth.left:
        growth.step()
        report(1 - growth.left / all_cells)
    return growth.picks[level.missing]


class _Growth:
    """Planes with a rim of SIGHT cells are `seen`: there the hole fills up, piece by piece.

    Surroundings are compared as they will be seen, detail and tone together: an edge is then
    continued only where the colours on both of its sides go on as well.
    """

    def __init__(self, level: Level, rng: np.random.Generator) -> None:
        self.level, self.rng = level, rng
        self.todo = level.is_missing.copy()
        self.left = np.count_nonzero(self.todo)
        self.picks = np.zeros(level.valid.size, np.intp)
        places = np.flatnonzero(eroded(level.valid, PIECE))
        if len(places) > MOST:
            places = np.sort(rng.choice(places, MOST, replace=False))
        self.places = places
        energy = (level.detail**2).sum(axis=2)
        # of the place, not of the object: a smooth place beside edges would be filled with edges
        self.variance = np.minimum(level.contrast**2, energy[level.valid].mean()) + TINY
        self._see(level)
        self.bell = bell(SIGHT)
        self.uses = np.zeros(level.shape, np.float32)
        self.expected = max(1.0, self.left / np.count_nonzero(level.valid))
        ranks = _around(level.valid) + 0.05 * rng.random(level.shape, np.float32)
        self.rank = np.where(self.todo, ranks, -np.inf).astype(np.float32)

    def _see(self, level: Level) -> None:
        valid = cv2.copyMakeBorder(
            level.valid.astype(np.float32), SIGHT, SIGHT, SIGHT, SIGHT, cv2.BORDER_CONSTANT
        )
        picture = (level.detail + level.tone) * level.valid[..., None]
        self.seen = cv2.copyMakeBorder(picture, SIGHT, SIGHT, SIGHT, SIGHT, cv2.BORDER_CONSTANT)
        self.known = valid
        width = level.shape[1]
        inside = self.places // width + SIGHT, self.places % width + SIGHT
        index = inside[0] * valid.shape[1] + inside[1]
        self.around = windows(self.seen, index, SIGHT)
        self.held = windows(valid, index, SIGHT)
        squares = (self.around * self.around).reshape(*self.held.shape, 3)
        self.squares = squares.sum(axis=2)
        self.guides = level.guide.reshape(-1, level.guide.shape[2])[self.places]

    def step(self) -> None:
        """Fills the place of the highest rank with a piece that fits it."""
        y, x = divmod(int(self.rank.argmax()), self.level.shape[1])
        far = self._distances(y, x)
        good = far <= far.min() * (1 + ALIKE) + NOISE * self.variance[y, x]
        choice = self.rng.choice(np.flatnonzero(good))
        self._place(y, x, *divmod(int(self.places[choice]), self.level.shape[1]))

    def _distances(self, y: int, x: int) -> Floats:
        """How far the surroundings of each source are from those of cell (y, x): mean squares."""
        side = 2 * SIGHT + 1
        weight = self.known[y : y + side, x : x + side].ravel() * self.bell
        seen = self.seen[y : y + side, x : x + side].reshape(-1, 3)
        weighed = seen * weight[:, None]
        shared = self.held @ weight
        far = self.squares @ weight - 2 * (self.around @ weighed.ravel())
        far += self.held @ (weighed * seen).sum(axis=1)
        far = np.maximum(far, 0) / np.maximum(shared, np.float32(1e-6))
        enough = shared >= OVERLAP * weight.sum()
        if enough.any():
            far[~enough] = np.inf
        apart = self.guides - self.level.guide[y, x]
        far += GUIDE * (apart * apart).sum(axis=1)
        return far + AGAIN * self.variance[y, x] / self.expected * self.uses.ravel()[self.places]

    def _place(self, y: int, x: int, from_y: int, from_x: int) -> None:
        """Copies the piece around a valid cell, as far as it lies in the grid, to what is todo."""
        height, width = self.level.shape
        above = min(PIECE, y, from_y)
        before = min(PIECE, x, from_x)
        below = min(PIECE + 1, height - y, height - from_y)
        after = min(PIECE + 1, width - x, width - from_x)
        target = np.s_[y - above : y + below, x - before : x + after]
        source = np.s_[from_y - above : from_y + below, from_x - before : from_x + after]
        new = self.todo[target] & self.level.valid[source]
        cells = np.arange(height * width).reshape(height, width)[source]
        self.picks.reshape(height, width)[target][new] = cells[new]
        inner = self.seen[SIGHT:-SIGHT, SIGHT:-SIGHT]
        inner[target][new] = (self.level.detail[source] + self.level.tone[target])[new]
        self.known[SIGHT:-SIGHT, SIGHT:-SIGHT][target][new] = 1
        self.todo[target][new] = False
        self.left -= np.count_nonzero(new)
        self.uses[source] += 1
        known = cv2.copyMakeBorder(
            new.astype(np.uint8), SIGHT, SIGHT, SIGHT, SIGHT, cv2.BORDER_CONSTANT
        )
        self._raise(y - above, x - before, _around(known))
        self.rank[target][new] = -np.inf

    def _raise(self, y: int, x: int, more: Floats) -> None:
        """Adds to the ranks; `more` starts SIGHT cells above and before cell (y, x)."""
        height, width = self.level.shape
        upper, left = max(0, SIGHT - y), max(0, SIGHT - x)
        part = more[upper : height - y + SIGHT, left : width - x + SIGHT]
        first, start = y - SIGHT + upper, x - SIGHT + left
        self.rank[first : first + part.shape[0], start : start + part.shape[1]] += part


def _around(where: NDArray[np.bool_] | Plane) -> Floats:
    """How much of what is seen from each cell is in a set; nothing beyond the border is."""
    side = (2 * SIGHT + 1, 2 * SIGHT + 1)
    return cv2.blur(where.astype(np.float32), side, borderType=cv2.BORDER_CONSTANT)
