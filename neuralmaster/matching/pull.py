"""Pulls the low frequencies of a result towards other colours; its detail stays."""

from __future__ import annotations

import cv2
import numpy as np

from neuralmaster import images
from neuralmaster.images import LEVELS, Floats, Plane
from neuralmaster.matching.cells import averages, blurred, drawn

SMOOTH = 1 / 10  # of the side of a square as large as the area; smaller takes more of the detail
FINE = 3  # cells along sigma at least, so that the interpolation between them does not show
ROUNDS = 4  # a blur's blur is not that blur: each round brings in what the last one missed


def pulled(result: Plane, colours: Plane, weight: Plane, strength: float) -> Plane:
    """The result with the low frequencies of an area as the colours have them.

    result, colours: height x width x bands levels. weight: height x width, 255 inside of the
    area; outside, where it is 0, nothing changes. strength: 0..1, how far.
    """
    area = float(weight.sum(dtype=np.float64)) / LEVELS
    if not area * strength:
        return result.copy()
    sigma = SMOOTH * area**0.5
    size = max(1, int(sigma / FINE))
    shift = _shift(result, colours, weight, sigma / size, size)
    out = np.empty_like(result)
    height, width = weight.shape
    rows = images.strip_rows(width, size)
    for first in range(0, height, rows):
        part = slice(first, first + rows)
        share = weight[part, :, None].astype(np.float32) * np.float32(strength / LEVELS)
        change = drawn(shift, size, first, len(share), width) * share
        out[part] = cv2.add(result[part], change, dtype=cv2.CV_8U).reshape(change.shape)
    return out


def _shift(result: Plane, colours: Plane, weight: Plane, sigma: float, size: int) -> Floats:
    """What to add to each cell, so that the blurred result is as the blurred colours."""

    def planes(rows: slice) -> Floats:
        out = np.empty((1 + result.shape[2], *weight[rows].shape), np.float32)
        np.divide(weight[rows], np.float32(LEVELS), out=out[0])
        pairs = zip(cv2.split(colours[rows]), cv2.split(result[rows]), strict=True)
        for band, (aim, is_now) in enumerate(pairs, 1):
            cv2.subtract(aim, is_now, dst=out[band], dtype=cv2.CV_32F)
            out[band] *= out[0]
        return out

    cells = averages(planes, (weight.shape[0], weight.shape[1]), size)
    inside, missing = cells[..., :1], cells[..., 1:]
    total = np.maximum(blurred(inside, sigma), 1e-6)
    shift = np.zeros_like(missing)
    for _ in range(ROUNDS):
        shift += blurred(missing - shift * inside, sigma) / total
    return shift
