"""Finds the places of an object that continue its surface across a hole.

The search goes from coarse to fine. The coarsest grid is laid out piece by piece (see growth.py).
Then, and on every finer grid, each cell compares the patch around it with those that its
neighbours would continue with and with some at random (PatchMatch: Barnes et al., 2009), all
cells at once. A cell shows the one cell that it copies, never an average, so the detail keeps its
contrast (Lefebvre and Hoppe, 2005; Ashikhmin, 2001).

Constants marked "bench" were chosen by tests/benchmarks/texture.py on that trial.
"""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.growth import GUIDE, grow
from neuralmaster.fills.progress import Report, part, silent
from neuralmaster.fills.pyramid import REACH, Flat, Level, bell, nearest, windows
from neuralmaster.images import Floats

COARSEST = 120  # cells, at most, of the longer side where pieces are laid out; larger is slower
FEWEST = 64  # sources that a grid must have; fewer would repeat as a pattern of their own
PASSES = 4  # over each grid; more fit better and take longer
BANDS = 12  # numbers that a patch is reduced to; more tell more patches apart and take longer
SAMPLE = 2000  # patches that the reduction is fitted to; more fit better and take longer
COHERENT = 0.1  # advantage of continuing a neighbour; larger copies larger parts (bench)
GUESSES = 3  # random sources in each pass, each closer by; more fit better and take longer
LAYING = 0.7  # share of the time that laying out takes, for the progress that is reported
FAR = np.float32(1e6)  # in all bands of a cell that must not be copied
_AROUND = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
_FURTHER = [(2 * y, 2 * x) for y, x in _AROUND]


def found(finest: Level, rng: np.random.Generator, report: Report = silent) -> Flat | None:
    """A source cell of the finest grid for each of its missing cells (see Level.missing).

    None if there is too little of the object to copy from.
    """
    levels = [finest]
    if len(finest.source) < FEWEST:
        return None
    while max(levels[-1].shape) > COARSEST:
        coarser = levels[-1].halved()
        if len(coarser.source) < FEWEST:
            break
        levels.append(coarser)
    shares = np.linspace(LAYING, 1, len(levels) + 1)
    level = levels.pop()
    laid = grow(level, rng, part(report, 0, LAYING))
    picks = level.nearest_source.ravel()[laid]
    picks = _refined(level, picks, rng, part(report, *shares[:2]))
    for number in range(1, len(shares) - 1):
        coarser, level = level, levels.pop()
        picks = _doubled(coarser, level, picks)
        picks = _refined(level, picks, rng, part(report, *shares[number : number + 2]))
    return picks


def _doubled(coarse: Level, fine: Level, picks: Flat) -> Flat:
    """The picks on a grid of cells half as large: each cell continues the source of its parent."""
    width, coarse_width = fine.shape[1], coarse.shape[1]
    parent = fine.missing // width // 2 * coarse_width + fine.missing % width // 2
    parent = nearest(coarse.is_missing).ravel()[parent]  # the finer rim may lie beyond it
    whole = np.zeros(coarse.valid.size, np.intp)
    whole[coarse.missing] = picks
    source = whole[parent]
    y = fine.missing // width + 2 * (source // coarse_width - parent // coarse_width)
    x = fine.missing % width + 2 * (source % coarse_width - parent % coarse_width)
    height = fine.shape[0]
    return fine.nearest_source[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]


def _refined(level: Level, picks: Flat, rng: np.random.Generator, report: Report) -> Flat:
    """The picks after PASSES passes, each over all cells at once."""
    axes = _axes(level, rng)
    guide = level.guide.reshape(level.valid.size, -1) * np.float32(np.sqrt(GUIDE))
    table = np.full((len(guide), axes.shape[1] + guide.shape[1]), FAR, np.float32)
    source = level.source
    table[source] = np.hstack([windows(level.detail, source, REACH) @ axes, guide[source]])
    neighbours = _neighbours(level)
    radius = max(1, min(level.shape) // 4)
    for number in range(PASSES):
        patches = windows(level.filled(picks), level.missing, REACH) @ axes
        search = _Search(table, np.hstack([patches, guide[level.missing]]), picks)
        for index, step in neighbours[: len(neighbours) // (2 - number % 2)]:
            search.offer(np.where(index >= 0, picks[index] + step, picks), 1 / (1 + COHERENT))
        for guess in range(GUESSES):
            reach = max(1, radius >> 2 * guess)
            down, across = rng.integers(-reach, reach + 1, (2, len(picks)))
            search.offer(search.picks + down * level.shape[1] + across, 1 + COHERENT)
        picks = search.picks
        report((number + 1) / PASSES)
    return picks


class _Search:
    """The best source so far for each cell.

    table: a row of numbers for each cell of the grid; wanted: the rows that are looked for.
    """

    def __init__(self, table: Floats, wanted: Floats, picks: Flat) -> None:
        self.table, self.wanted, self.picks = table, wanted, picks
        self.best = self._far(picks)

    def _far(self, cells: Flat) -> Floats:
        apart = self.table.take(cells, axis=0)
        apart -= self.wanted
        return np.einsum("ij,ij->i", apart, apart)

    def offer(self, cells: Flat, factor: float) -> None:
        """Takes those cells whose distance times `factor` is less than the best so far."""
        cells = np.where((cells >= 0) & (cells < len(self.table)), cells, self.picks)
        far = self._far(cells) * np.float32(factor)
        better = far < self.best
        self.best = np.where(better, far, self.best)
        self.picks = np.where(better, cells, self.picks)


def _neighbours(level: Level) -> list[tuple[Flat, Flat]]:
    """For each of the directions: which missing cell lies there (or -1), and the way back."""
    height, width = level.shape
    number = np.full(level.valid.size, -1)
    number[level.missing] = np.arange(len(level.missing))
    y, x = level.missing // width, level.missing % width
    found = []
    for down, across in _AROUND + _FURTHER:
        there = np.clip(y + down, 0, height - 1) * width + np.clip(x + across, 0, width - 1)
        found.append((number[there], level.missing - there))
    return found


def _axes(level: Level, rng: np.random.Generator) -> Floats:
    """The principal axes of the object's patches, as columns, the middle of a patch weighed more.

    Not centred: the detail's mean is 0 already.
    """
    some = level.source
    if len(some) > SAMPLE:
        some = some[rng.integers(len(some), size=SAMPLE)]
    weight = np.repeat(np.sqrt(bell(REACH)), 3)
    sample = windows(level.detail, some, REACH) * weight
    _, axes = np.linalg.eigh(sample.T @ sample / len(sample))
    return (axes[:, : -BANDS - 1 : -1] * weight[:, None]).astype(np.float32)
