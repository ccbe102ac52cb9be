"""How a tint depends on the colour and on the place, from cells that show it.

A polynomial of the colour by ridge regression (Hong, Luo and Rhodes, 2001, fit cameras so), and
a plane over the picture, so that neither is mistaken for the other. Outliers are weighed down in
rounds: iteratively reweighted least squares with Cauchy's weights (Holland and Welsch, 1977).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuralmaster.images import LEVELS, Floats

RIDGE = 0.015  # of the range: colours must vary so far to show how the tint depends on them
OUTLIER = 1.5  # times the median error: from there on a cell counts less than half
LEAST = 1.0  # level; no cell is an outlier for less
ROUNDS = 4  # of weighing outliers down
EVEN = 1e-6  # of the total weight, added to every equation: one cell alone is enough


@dataclass(frozen=True, eq=False)
class Fit:
    """A tint in levels: linear, square: bands x bands, of the colour in levels and its square.

    constant: (bands,). rise: 2 x bands, across and down a picture from -1 to 1. rest: cells x
    bands, what the others leave. believed: (cells,), 0 for an outlier, 1 for what agrees.
    error: levels, the median of what was not explained.
    """

    linear: Floats
    square: Floats
    constant: Floats
    rise: Floats
    rest: Floats
    believed: Floats
    error: float


def fitted(colour: Floats, places: Floats, change: Floats, weight: Floats) -> Fit:
    """The tint that cells show.

    colour, change: cells x bands levels. places: cells x 2, across and down, from -1 to 1.
    weight: (cells,), how much each counts.
    """
    middle = np.average(colour, axis=0, weights=weight)
    apart = (colour - middle) / LEVELS
    bands = colour.shape[1]
    terms = np.concatenate([np.ones_like(places[:, :1]), places, apart, apart**2], axis=1)
    ridge = np.repeat([EVEN, RIDGE**2 + EVEN, (RIDGE / 2) ** 2 + EVEN], [3, bands, bands])
    believed: Floats = np.ones(len(colour), np.float32)
    for _ in range(ROUNDS):
        counts = weight * believed
        left = (terms * counts[:, None]).T
        found = np.linalg.solve(left @ terms + np.diag(ridge * counts.sum()), left @ change)
        believed, error = judged(change - terms @ found)
    rise, linear, square = np.split(found[1:], [2, 2 + bands])
    linear, square = linear / LEVELS, square / LEVELS**2
    rest = change - terms[:, 1:] @ found[1:]
    # about the middle to about 0
    constant = middle**2 @ square - middle @ linear
    return Fit(
        linear=(linear - 2 * middle[:, None] * square).astype(np.float32),
        square=square.astype(np.float32),
        constant=constant.astype(np.float32),
        rise=rise.astype(np.float32),
        rest=rest.astype(np.float32),
        believed=believed.astype(np.float32),
        error=error,
    )


def judged(errors: Floats) -> tuple[Floats, float]:
    """How far each of these errors, cells x bands, is believed, and their median."""
    sizes = np.sqrt((errors**2).mean(axis=1))
    median = float(np.median(sizes))
    return 1 / (1 + (sizes / max(LEAST, OUTLIER * median)) ** 2), median
