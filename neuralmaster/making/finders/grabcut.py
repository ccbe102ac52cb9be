"""The object that a box holds or strokes touch, by GrabCut."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from neuralmaster.images import LEVELS, Box, Floats, Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.part import Part, without_crumbs
from neuralmaster.making.finders.seeded import seeded

MARGIN = 0.25  # of the box, looked at around it to learn the background
MAIN_COLOURS = 6  # that strokes, or a border, are taken to show


def by_box(picture: Image.Image, box: Box) -> Plane:
    """The object that a box holds, by GrabCut; what is outside the box is background.

    box: left, upper, right, lower in pixels; it is cut to the picture.
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

    strokes: HxW uint8 of the picture's size; from half of full level on a pixel is object.
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
    found = part.cut(marks)
    _, pieces = cv2.connectedComponents(found, connectivity=4)
    found[~np.isin(pieces, np.unique(pieces[touched]))] = 0
    return edits.add(_whole(part.refined(found), area, picture), strokes)


def _distance(lab: Floats, samples: Floats) -> Floats:
    """How far each place's colour is from the nearest of the samples' main colours."""
    if not len(samples):
        return np.full(lab.shape[:2], np.inf, np.float32)
    if len(samples) > MAIN_COLOURS:
        stop = (cv2.TERM_CRITERIA_MAX_ITER, 10, 0)
        found = (samples, MAIN_COLOURS, None, stop, 1, cv2.KMEANS_PP_CENTERS)
        samples = seeded(lambda: cv2.kmeans(*found))[2]
    return np.linalg.norm(lab[:, :, None] - samples, axis=3).min(axis=2)


def _whole(part: Plane, area: Box, picture: Image.Image) -> Plane:
    plane = edits.blank(picture.size)
    left, upper, right, lower = area
    plane[upper:lower, left:right] = part
    return plane
