"""The object in a box, or under strokes: by a saliency model if there is one, else by GrabCut.

What a model finds is chosen from: a box looks at its own part of the picture, so that small things
in large pictures are found, and strokes take what they touch.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from neuralmaster.images import LEVELS, Box, Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.grabcut import (
    cut_box,
    cut_strokes,
    touching,
    whole,
    widened,
    within,
)
from neuralmaster.making.finders.network import ModelError
from neuralmaster.making.finders.standout import Standout, standout
from neuralmaster.making.finders.table import Found

MARGIN = 0.25  # of the box's longer side, around it, for the model to see what is beside
# People draw a box that the object touches on all sides (Lempitsky et al., Image Segmentation with
# a Bounding Box Prior, 2009). The box of what a model finds covers this share of it at least;
# larger leaves more to GrabCut.
FILLED = 0.5
GRABCUT = "GrabCut"


def in_box(picture: Image.Image, box: Box) -> Found:
    """The object in a box; everything outside the box is background.

    picture: a standard picture (see images.standard). box: left, upper, right, lower in pixels;
    clipped to the picture. Raises ValueError for a box outside the picture or of less than 3x3
    pixels, and if the object cannot be separated from what is around it.
    """
    box = edits.bounds([box[:2], box[2:]], picture.size)
    if min(box[2] - box[0], box[3] - box[1]) < 3:
        raise ValueError(
            f"expected a box of at least 3x3 pixels, got {box[2] - box[0]}x{box[3] - box[1]}; "
            "draw it around the object"
        )
    margin = max(box[2] - box[0], box[3] - box[1]) * MARGIN
    area = widened(box, picture.size, (margin, margin))
    salient, notes = look(picture, area)
    if salient:
        inside = within(salient.part, box, area)
        mask = salient.mask(inside)
        if _fills(mask, inside):
            return Found(whole(salient.part.refined(mask), area, picture.size), salient.by)
    return Found(cut_box(picture, box), GRABCUT, notes)


def under_strokes(picture: Image.Image, strokes: Plane) -> Found:
    """The object that strokes touch, and the strokes.

    strokes: HxW uint8 of the picture's size; a pixel at half of full level or above is object.
    Raises ValueError if there are no strokes.
    """
    if strokes.shape != (picture.height, picture.width) or strokes.max() < LEVELS // 2:
        raise ValueError("expected strokes on the object, got none; draw across the object")
    found = touched(picture, strokes)
    return replace(found, plane=edits.add(found.plane, strokes))


def touched(picture: Image.Image, strokes: Plane) -> Found:
    """The object that strokes touch, without them; see `under_strokes`."""
    everything = (0, 0, *picture.size)
    left, upper, width, height = cv2.boundingRect(strokes)
    near = (left, upper, left + width, upper + height)
    margins = (float(max(width, height)),) * 2
    notes: tuple[str, ...] = ()
    for area in (everything, widened(near, picture.size, margins)):
        salient, notes = look(picture, area)
        if salient is None:
            break
        cells = salient.part.reduced(strokes[area[1] : area[3], area[0] : area[2]]) > 0
        mask = salient.mask()
        if 2 * np.count_nonzero(mask[cells]) >= np.count_nonzero(cells):
            plane = salient.part.refined(touching(mask, cells.astype(np.uint8)))
            return Found(whole(plane, area, picture.size), salient.by)
    return Found(cut_strokes(picture, strokes), GRABCUT, notes)


def look(picture: Image.Image, area: Box) -> tuple[Standout | None, tuple[str, ...]]:
    """What stands out in an area, None without a usable model, and a note if there is a bad one."""
    try:
        return standout(picture, area), ()
    except ModelError as error:
        return None, (f"No model was used: {error}.",)


def by_box(picture: Image.Image, box: Box) -> Plane:
    """The object that `in_box` finds, HxW uint8, 255 = object."""
    return in_box(picture, box).plane


def by_strokes(picture: Image.Image, strokes: Plane) -> Plane:
    """The object that `under_strokes` finds, HxW uint8, 255 = object."""
    return under_strokes(picture, strokes).plane


def _fills(mask: Plane, inside: Plane) -> bool:
    """Whether the box around a mask covers enough of another box, which it lies in."""
    _, _, width, height = cv2.boundingRect(mask)
    return width * height >= FILLED * np.count_nonzero(inside)
