"""The object in a box, or under strokes, by GrabCut alone (Rother et al. 2004)."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from neuralmaster.images import Box, Floats, Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.part import Part, without_crumbs
from neuralmaster.making.finders.seeded import seeded
from neuralmaster.making.finders.table import NOTHING

MARGIN = 0.25  # of the box's sides, around it, to learn the background; larger: more of it, slower
MAIN_COLOURS = 6  # clusters of the colours under strokes or along the border; larger: finer
BOX_SIDE = 192  # pixels of the copy for a box; larger is slower and hardly better
LEAST, MOST = 0.02, 0.97  # of the box: an object that covers less or more was not separated
EVERYTHING = (
    "expected an object that differs from what is around it, found nearly everything; draw the "
    "box tighter, find it by strokes, or paint it"
)


def cut_box(picture: Image.Image, box: Box, side: int = BOX_SIDE) -> Plane:
    """The object in a box; everything outside the box is background.

    box: left, upper, right, lower within the picture, 3x3 pixels or more. side: pixels of the copy
    in which it is cut. Returns HxW uint8, 255 = object. Raises ValueError if next to nothing or
    nearly everything in the box is found.
    """
    area = widened(box, picture.size, ((box[2] - box[0]) * MARGIN, (box[3] - box[1]) * MARGIN))
    part = Part(picture, area, side=side)
    inside = within(part, box, area)
    mask = without_crumbs(
        part.cut(np.where(inside > 0, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8))
    )
    share = np.count_nonzero(mask) / np.count_nonzero(inside)
    if share < LEAST:
        raise ValueError(NOTHING)
    if share > MOST:
        raise ValueError(EVERYTHING)
    return whole(part.refined(mask), area, picture.size)


def cut_strokes(picture: Image.Image, strokes: Plane) -> Plane:
    """The object that strokes touch, HxW uint8, 255 = object.

    strokes: HxW uint8, of which some reach half of full level.
    """
    area = (0, 0, *picture.size)
    part = Part(picture, area)
    touched = part.reduced(strokes) > 0
    lab = part.lab()
    frame = np.ones_like(touched)
    frame[2:-2, 2:-2] = touched[2:-2, 2:-2]
    near, far = (_distance(lab, lab[of]) for of in (touched, frame & ~touched))
    marks = np.where(near < far, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[touched] = cv2.GC_FGD
    mask = touching(part.cut(marks), touched.astype(np.uint8))
    return part.refined(mask)


def touching(mask: Plane, touched: Plane) -> Plane:
    """The connected pieces of a mask, 1 = object, that have a cell in common with another."""
    _, pieces = cv2.connectedComponents(mask, connectivity=4)
    return mask * np.isin(pieces, np.unique(pieces[touched > 0])).astype(np.uint8)


def widened(box: Box, size: tuple[int, int], margins: tuple[float, float]) -> Box:
    """A box with so many pixels more at either side and above and below, within the picture."""
    across, down = (round(margin) for margin in margins)
    return (
        max(box[0] - across, 0), max(box[1] - down, 0),
        min(box[2] + across, size[0]), min(box[3] + down, size[1]),
    )  # fmt: skip


def within(part: Part, box: Box, area: Box) -> Plane:
    """Where a box lies in the small copy of a part, which is that area of a picture; 1 = inside."""
    left, upper = area[:2]
    x, y, to_x, to_y = part.placed((box[0] - left, box[1] - upper, box[2] - left, box[3] - upper))
    inside = np.zeros(part.small.shape[:2], np.uint8)
    inside[y:to_y, x:to_x] = 1
    return inside


def whole(plane: Plane, area: Box, size: tuple[int, int]) -> Plane:
    """A plane of an area, in one of the whole picture."""
    large = edits.blank(size)
    left, upper, right, lower = area
    large[upper:lower, left:right] = plane
    return large


def _distance(lab: Floats, samples: Floats) -> Floats:
    """The distance of each pixel's colour to the nearest main colour of the samples."""
    if not len(samples):
        return np.full(lab.shape[:2], np.inf, np.float32)
    if len(samples) > MAIN_COLOURS:
        stop = (cv2.TERM_CRITERIA_MAX_ITER, 10, 0)
        arguments = (samples, MAIN_COLOURS, None, stop, 1, cv2.KMEANS_PP_CENTERS)
        samples = seeded(lambda: cv2.kmeans(*arguments))[2]
    return np.linalg.norm(lab[:, :, None] - samples, axis=3).min(axis=2)
