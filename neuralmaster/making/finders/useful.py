"""The useful object for an area to repaint: the picture's own, or the one around the area."""

from __future__ import annotations

from dataclasses import replace

import cv2
from PIL import Image

from neuralmaster import images
from neuralmaster.images import Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.automatic import find
from neuralmaster.making.finders.guided import touched
from neuralmaster.making.finders.table import Found
from neuralmaster.masks import HALF

RIM = 1 / 50  # of the longer side: what is looked at around the area; larger reaches further


def useful_object(picture: Image.Image, inpaint: Plane, found: Found | None = None) -> Found:
    """The object that the area to repaint belongs to; an empty plane if none is found.

    The object of the picture if half or more of the area, or of the rim around it, lies in it: what
    is spoilt may not look like the object. Else what lies around the area. What is to be repainted
    counts as the object's as far as it lies within its outline.

    picture: a standard picture (see images.standard). inpaint: HxW uint8, 255 = repaint. found:
    what `find` found in the picture, if that is known.
    """
    found = found or find(picture)
    rim = edits.erase(edits.grow(inpaint, max(picture.size) * RIM), inpaint)
    if not (_is_mostly_in(inpaint, found.plane) or _is_mostly_in(rim, found.plane)):
        found = touched(picture, rim)
        found = replace(found, by=f"{found.by}, around the area to repaint")
    return replace(found, plane=_with_spoilt(found.plane, inpaint))


def _is_mostly_in(area: Plane, found: Plane) -> bool:
    """Whether half of an area or more is found; an area without a pixel is."""
    marked = images.above(area, HALF - 1)
    return 2 * cv2.countNonZero(cv2.min(marked, found)) >= cv2.countNonZero(marked)


def _with_spoilt(found: Plane, inpaint: Plane) -> Plane:
    if 2 * cv2.countNonZero(cv2.min(inpaint, found)) >= cv2.countNonZero(found):
        return found
    return edits.add(found, cv2.min(inpaint, edits.hull(found)))
