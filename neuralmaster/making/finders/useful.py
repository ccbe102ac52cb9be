"""The useful object for an area to repaint: the picture's own, or the one around the area."""

from __future__ import annotations

from dataclasses import replace

import cv2
from PIL import Image

from neuralmaster.images import LEVELS, Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.automatic import find
from neuralmaster.making.finders.guided import under_strokes
from neuralmaster.making.finders.table import Found

RIM = 1 / 50  # of the longer side: what is looked at around the area; larger reaches further


def useful_object(picture: Image.Image, inpaint: Plane, found: Found | None = None) -> Found:
    """The object that the area to repaint belongs to; an empty plane if none is found.

    The object of the picture if half of the area or more lies in it, else the one around the area.
    What is to be repainted counts as the object's as far as it lies within its outline. picture: a
    standard picture (see images.standard). inpaint: HxW uint8, 255 = repaint. found: what `find`
    found in the picture, if that is known.
    """
    found = found or find(picture)
    if not _is_mostly_in(inpaint, found.plane):
        around = edits.erase(edits.grow(inpaint, max(picture.size) * RIM), inpaint)
        if around.max() > LEVELS // 2:
            found = under_strokes(picture, around)
            found = replace(found, by=f"{found.by}, around the area to repaint")
    return replace(found, plane=_with_spoilt(found.plane, inpaint))


def _is_mostly_in(inpaint: Plane, found: Plane) -> bool:
    return 2 * cv2.countNonZero(cv2.min(inpaint, found)) >= cv2.countNonZero(inpaint)


def _with_spoilt(found: Plane, inpaint: Plane) -> Plane:
    """With what is spoilt and so may look unlike the object, but lies within its outline."""
    if 2 * cv2.countNonZero(cv2.min(inpaint, found)) >= cv2.countNonZero(found):
        return found
    return edits.add(found, cv2.min(inpaint, edits.hull(found)))
