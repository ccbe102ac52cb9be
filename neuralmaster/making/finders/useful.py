"""The useful object for an area to repaint: the picture's own, or the one around the area."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.images import Box, Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.automatic import find
from neuralmaster.making.finders.guided import touched
from neuralmaster.making.finders.table import Found
from neuralmaster.masks import HALF

RIM = 1 / 50  # of the longer side: what is looked at around the area; larger reaches further
LOOK = 1024  # pixels of the longer side in which areas are compared; larger is slower


def useful_object(picture: Image.Image, inpaint: Plane, found: Found | None = None) -> Found:
    """The object that the area to repaint belongs to; an empty plane if none is found.

    The object of the picture if half or more of the area, or of the rim around it, lies in it: what
    is spoilt may not look like the object. Else what lies around the area. What is to be repainted
    counts as the object's as far as it lies within its outline.

    picture: a standard picture (see images.standard). inpaint: HxW uint8, 255 = repaint. found:
    what `find` found in the picture, if that is known.
    """
    area = edits.pooled(inpaint, cell(picture.size))
    return useful_part(picture, inpaint, found or find(picture), area)[0]


def cell(size: tuple[int, int]) -> int:
    """Pixels of a side of a cell in which areas of a picture of (width, height) are compared."""
    return -(-max(size) // LOOK)


def useful_part(
    picture: Image.Image, inpaint: Plane, found: Found, area: Plane
) -> tuple[Found, Box]:
    """`useful_object`, and a box outside of which its plane is that of `found`.

    area: `inpaint` as edits.pooled makes it for cells of this picture's size.
    """
    factor = cell(picture.size)
    object_ = found.plane[::factor, ::factor]
    box = (0, 0, 0, 0)
    rim = edits.erase(edits.grow(area, max(area.shape) * RIM), area)
    if not (_is_mostly_in(area, object_) or _is_mostly_in(rim, object_)):
        found = touched(picture, _drawn_out(rim, factor, inpaint.shape))
        found = replace(found, by=f"{found.by}, around the area to repaint")
        object_ = found.plane[::factor, ::factor]
        box = (0, 0, *picture.size)
    if 2 * cv2.countNonZero(cv2.min(area, object_)) >= cv2.countNonZero(object_):
        return found, box
    left, upper, width, height = cv2.boundingRect(area)
    if not width:
        return found, box
    cells = edits.hull(object_)[upper : upper + height, left : left + width]
    part = np.s_[upper * factor : (upper + height) * factor,
                 left * factor : (left + width) * factor]  # fmt: skip
    within = cv2.min(inpaint[part], _drawn_out(cells, factor, inpaint[part].shape))
    plane = found.plane.copy()
    plane[part] = edits.add(plane[part], within)
    if box == (0, 0, 0, 0):
        bottom, end = inpaint[part].shape
        box = (left * factor, upper * factor, left * factor + end, upper * factor + bottom)
    return replace(found, plane=plane), box


def _drawn_out(cells: Plane, factor: int, shape: tuple[int, ...]) -> Plane:
    """Each cell as so many pixels a side."""
    height, width = cells.shape
    size = (width * factor, height * factor)
    drawn = cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST)
    return drawn[: shape[0], : shape[1]]


def _is_mostly_in(area: Plane, found: Plane) -> bool:
    """Whether half of an area or more is found; an area without a pixel is."""
    marked = images.above(area, HALF - 1)
    return 2 * cv2.countNonZero(cv2.min(marked, found)) >= cv2.countNonZero(marked)
