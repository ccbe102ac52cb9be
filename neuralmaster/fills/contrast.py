"""How strong an object's detail is from place to place, and how strong it should be in a hole.

In a hole it is the smoothest continuation of what is around it, as the colour is. Pieces are
chosen by contrast as well as by colour: a map of what belongs where, as in texture transfer
(Efros and Freeman, 2001). Lone edges around a hole are no reason to expect edges in it, so they
count little there: the mean is of square roots, where one strong cell weighs less than in the
root mean square.
"""

from __future__ import annotations

import cv2
import numpy as np

from neuralmaster.fills.opencv import NUMPY
from neuralmaster.fills.pyramid import TINY, Where, low_passed
from neuralmaster.fills.solver import spread
from neuralmaster.images import Floats

# Chosen on the photos of tests/benchmarks/texture.py.
AROUND = 3.0  # sigma of a neighbourhood, cells; larger says less about where contrast changes
COARSE = 4  # cells along a coarse one, on which contrast is continued; larger is smoother, faster
MULTIPLE = 8  # coarse cells along either side are a multiple of this: the solver can halve them
HOME = 1e-4  # pull towards the mean; larger falls back to it nearer to what is known
NORMAL = 0.68  # the mean of square roots, squared, of a normal distribution of deviation 1


def contrast(detail: Floats, valid: Where) -> Floats:
    """The strength of detail around each cell, h x w, in levels.

    detail: h x w x 3. valid: h x w, where it is known, and some cell is. There it is the root of
    the mean square; elsewhere it is continued.
    """
    squares = detail * detail
    known = np.sqrt(low_passed(squares, valid, AROUND).sum(axis=2))
    continued = _continued(np.sqrt(np.sqrt(squares.sum(axis=2))), valid)
    return np.where(valid, known, continued**2 / np.float32(NORMAL))


def _continued(values: Floats, valid: Where) -> Floats:
    """The smoothest values, h x w, that agree with those of the valid cells."""
    height, width = valid.shape
    beyond = [-length % (COARSE * MULTIPLE) for length in valid.shape]
    weight = valid.astype(np.float32)
    planes = [
        cv2.copyMakeBorder(plane, 0, beyond[0], 0, beyond[1], cv2.BORDER_CONSTANT)
        for plane in (values * weight, weight)
    ]
    size = planes[0].shape[1], planes[0].shape[0]
    coarse = (size[0] // COARSE, size[1] // COARSE)
    total, known = (cv2.resize(p, coarse, interpolation=cv2.INTER_AREA)[None] for p in planes)
    mean = total.sum(keepdims=True) / known.sum(keepdims=True)
    smooth = spread(total / np.maximum(known, TINY), known, mean, HOME, NUMPY)[0]
    smooth = cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR)
    return np.maximum(smooth[:height, :width], 0)
