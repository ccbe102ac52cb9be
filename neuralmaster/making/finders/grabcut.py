"""The object in a box, or under strokes, by GrabCut (Rother et al. 2004)."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from neuralmaster.images import LEVELS, Box, Floats, Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.part import Part, without_crumbs
from neuralmaster.making.finders.seeded import seeded

MARGIN = 0.25  # of the box's sides, around it, to learn the background; larger: more of it, slower
MAIN_COLOURS = 6  # clusters of the colours under strokes or along the border; larger: finer


def by_box(picture: Image.Image, box: Box) -> Plane:
    """The object in a box, by GrabCut; everything outside the box is background.

    box: left, upper, right, lower in pixels; clipped to the picture. Returns HxW uint8, 255 =
    object. Raises ValueError for a box of less than 3x3 pixels.
    """
    left, upper, right, lower = edits.bounds([box[:2], box[2:]], picture.size)
    if min(right - left, lower - upper) < 3:
        raise ValueError(
            f"expected a box of at least 3x3 pixels, got {right - left}x{lower - upper}; "
            "draw it around the object"
        )
    wide, high = round((right - left) * MARGIN), round((lower - upper) * MARGIN)
    area = (
        max(left - wide, 0), max(upper - high, 0),
        min(right + wide, picture.width), min(lower + high, picture.height),
    )  # fmt: skip
    part = Part(picture, area)
    marks = np.full(part.small.shape[:2], cv2.GC_BGD, np.uint8)
    ends = enumerate((left, upper, right, lower))
    x, y, to_x, to_y = (
        round((at - area[k % 2]) * part.scale[k % 2]) for k, at in ends
    )  # fmt: skip
    marks[y:to_y, x:to_x] = cv2.GC_PR_FGD
    return _whole(part.refined(without_crumbs(part.cut(marks))), area, picture)


def by_strokes(picture: Image.Image, strokes: Plane) -> Plane:
    """The object that strokes touch, by GrabCut.

    strokes: HxW uint8 of the picture's size; a pixel at half of full level or above is object.
    Returns HxW uint8, 255 = object. Raises ValueError if there are no strokes.
    """
    if strokes.shape != (picture.height, picture.width) or strokes.max() < LEVELS // 2:
        raise ValueError("expected strokes on the object, got none; draw across the object")
    area = (0, 0, *picture.size)
    part = Part(picture, area)
    touched = part.reduced(strokes) > 0
    lab = part.lab()
    frame = np.ones_like(touched)
    frame[2:-2, 2:-2] = touched[2:-2, 2:-2]
    near, far = (_distance(lab, lab[of]) for of in (touched, frame & ~touched))
    marks = np.where(near < far, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[touched] = cv2.GC_FGD
    mask = part.cut(marks)
    _, pieces = cv2.connectedComponents(mask, connectivity=4)
    mask[~np.isin(pieces, np.unique(pieces[touched]))] = 0
    return edits.add(_whole(part.refined(mask), area, picture), strokes)


def _distance(lab: Floats, samples: Floats) -> Floats:
    """The distance of each pixel's colour to the nearest main colour of the samples."""
    if not len(samples):
        return np.full(lab.shape[:2], np.inf, np.float32)
    if len(samples) > MAIN_COLOURS:
        stop = (cv2.TERM_CRITERIA_MAX_ITER, 10, 0)
        arguments = (samples, MAIN_COLOURS, None, stop, 1, cv2.KMEANS_PP_CENTERS)
        samples = seeded(lambda: cv2.kmeans(*arguments))[2]
    return np.linalg.norm(lab[:, :, None] - samples, axis=3).min(axis=2)


def _whole(part: Plane, area: Box, picture: Image.Image) -> Plane:
    plane = edits.blank(picture.size)
    left, upper, right, lower = area
    plane[upper:lower, left:right] = part
    return plane
