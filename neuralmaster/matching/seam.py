"""Takes the tint out of a result: what a model's VAE did to all its colours.

Where nothing was repainted the result should be the original, so there the tint shows. What
depends on the colour is fitted (see fit); the rest flows into the repainted area as a membrane
(see fills.solver; Perez, Gangnet and Blake, Poisson Image Editing, 2003, close seams so).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralmaster import images
from neuralmaster.fills.opencv import NUMPY
from neuralmaster.fills.solver import spread
from neuralmaster.images import LEVELS, Floats, Plane
from neuralmaster.matching.cells import averages, blurred, drawn
from neuralmaster.matching.fit import fitted, judged

CELL = 8  # pixels along a cell, of a picture of SIDE pixels; a VAE's latents have as many
SIDE = 512
MULTIPLE = 16  # a grid has so many cells along a side, or a multiple: the solver halves them
MARGIN = 16  # pixels beside what was repainted that show it too: a decoder looks so far
BLUR = 1.5  # cells; a VAE also takes the sharpness of details, which is no tint
KNOWN = 0.2  # of a cell that must have been kept
FLAT = 3.0  # levels; cells whose colours vary more show it less clearly
CERTAIN = 30.0  # pull of a kept cell to what it shows, as in fills.context
HOME = 1e-4  # pull to the mean everywhere
BELIEVED = 0.3  # belief in a cell from which on it counts for how large a tint may be
SLACK = 1.0  # level beyond the tints of these cells
TINY = np.float32(1e-6)  # of a weight, against division by 0


@dataclass(frozen=True, eq=False)
class Tint:
    """What was added to the levels of a result: `rest` by cells, and a polynomial of the colour.

    rest: h x w x bands. linear, square: bands x bands, of a colour and of its square. lowest,
    highest: (bands,), the least and the most that cells showed. doubt: levels; a tint not above it
    is hardly believed. size: pixels along a cell.
    """

    rest: Floats
    linear: Floats
    square: Floats
    lowest: Floats
    highest: Floats
    doubt: float
    size: int

    def removed(self, result: Plane) -> Plane:
        """The result, height x width x bands levels, without the tint."""
        out = np.empty_like(result)
        rows = images.strip_rows(result.shape[1], self.size)
        for first in range(0, len(result), rows):
            strip = result[first : first + rows]
            shift = np.clip(self._at(strip, first), self.lowest, self.highest)
            # Wiener's weight
            shift *= 1 - self.doubt**2 / (shift * shift + np.float32(self.doubt**2 + 1e-6))
            out[first : first + rows] = cv2.subtract(strip, shift, dtype=cv2.CV_8U).reshape(
                strip.shape
            )
        return out

    def _at(self, strip: Plane, first: int) -> Floats:
        """The tint of a strip of rows from `first` on."""
        shift = drawn(self.rest, self.size, first, *strip.shape[:2])
        levels = strip.astype(np.float32)
        for power, matrix in ((levels, self.linear), (levels * levels, self.square)):
            shift = shift + cv2.transform(power, matrix.T).reshape(strip.shape)
        return shift


class Unseen(Enum):
    """Why a result shows no tint, in a sentence."""

    NOTHING_KEPT = (
        "No tint was taken out: no pixel was kept far enough from the area to repaint to show "
        "one; repaint less, or with more of the picture around it."
    )
    NO_CHANGE = (
        "No tint was taken out: the kept pixels of the result are those of the original. If the "
        "original was pasted over it, give the result as the model made it."
    )


def tint(original: Plane, result: Plane, kept: Plane) -> Tint | Unseen:
    """The tint of a result.

    original, result: height x width x bands levels. kept: height x width, 255 where nothing
    was repainted, 0 where anything may have been.
    """
    size = CELL * max(1, round(max(kept.shape) / SIDE))
    weight, change, colour, varied = _cells(original, result, _trust(kept), size)
    known = weight > KNOWN
    if not known.any():
        return Unseen.NOTHING_KEPT
    if not change[known].any():
        return Unseen.NO_CHANGE
    places = _places(known.shape)
    counts = weight[known]
    typical = max(FLAT**2, float(np.median(varied[known])))
    fit = fitted(
        colour[known], places[known], change[known], counts / (1 + varied[known] / typical)
    )
    rest, error = _membrane(known, fit.rest, counts * fit.believed)
    seen = change[known][fit.believed >= min(BELIEVED, float(fit.believed.max()))]
    return Tint(
        rest=rest + places @ fit.rise + fit.constant,
        linear=fit.linear,
        square=fit.square,
        lowest=seen.min(axis=0) - np.float32(SLACK),
        highest=seen.max(axis=0) + np.float32(SLACK),
        doubt=max(fit.error, error),
        size=size,
    )


def _trust(kept: Plane) -> Plane:
    """How far a pixel shows the tint alone: not where, or beside where, it was repainted."""
    around = np.ones((2 * MARGIN + 1, 2 * MARGIN + 1), np.uint8)
    far = cv2.erode(images.above(kept, LEVELS // 2), around)
    return cv2.bitwise_and(images.scaled(kept, kept), far)


def _cells(
    original: Plane, result: Plane, trust: Plane, size: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """By cells: weight, what was added, colour, and how far that varies nearby (its variance).

    The last three are of a blur, for what is finer is not tint but sharpness; h x w x bands, and
    h x w for the variance.
    """

    bands = result.shape[2]

    def planes(rows: slice) -> Floats:
        out = np.empty((1 + 2 * bands, *trust[rows].shape), np.float32)
        np.divide(trust[rows], np.float32(LEVELS), out=out[0])
        pairs = zip(cv2.split(result[rows]), cv2.split(original[rows]), strict=True)
        for band, (after, before) in enumerate(pairs, 1):
            cv2.subtract(after, before, dst=out[band], dtype=cv2.CV_32F)
            out[band] *= out[0]
            np.multiply(after, out[0], out=out[bands + band])
        return out

    means = averages(planes, (trust.shape[0], trust.shape[1]), size, MULTIPLE)
    weight, colours = means[..., :1], means[..., 1 + bands :]
    squares = colours**2 / np.maximum(weight, TINY)
    soft = blurred(np.concatenate([means, squares], 2), BLUR)
    soft = soft[..., 1:] / np.maximum(soft[..., :1], TINY)
    change, colour, square = (soft[..., k : k + bands] for k in range(0, 3 * bands, bands))
    return weight[..., 0], change, colour, (square - colour**2).clip(min=0).mean(axis=-1)


def _places(shape: tuple[int, ...]) -> Floats:
    """Across and down, from -1 to 1, of the middle of each cell: h x w x 2."""
    down, across = (((np.arange(count) + 0.5) * 2 / count - 1) for count in shape)
    return np.stack(np.meshgrid(across, down), axis=-1).astype(np.float32)


def _membrane(known: NDArray[np.bool_], shown: Floats, weight: Floats) -> tuple[Floats, float]:
    """What some cells show, flowing into all of them, h x w x bands; and the median error."""
    values = np.zeros((shown.shape[1], *known.shape), np.float32)
    values[:, known] = shown.T
    error = 0.0
    for _ in range(2):  # the second time without what does not agree with the first
        pull = np.zeros((1, *known.shape), np.float32)
        pull[0, known] = CERTAIN * weight
        mean = (values * pull).sum(axis=(1, 2), keepdims=True) / pull.sum()
        found = spread(values, pull, mean, HOME, NUMPY)
        believed, error = judged(shown - found[:, known].T)
        weight = weight * believed
    return found.transpose(1, 2, 0), error
