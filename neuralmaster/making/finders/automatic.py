"""The object by the best means that the picture offers."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from neuralmaster.images import Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.background import but_background
from neuralmaster.making.finders.grabcut import cut_box
from neuralmaster.making.finders.guided import GRABCUT, look
from neuralmaster.making.finders.part import SIDE, enlarged, shrunk
from neuralmaster.making.finders.table import NOTHING, Found, finder
from neuralmaster.making.finders.transparency import by_alpha, is_transparent

INSET = 0.02  # of a side: the border assumed to be background; larger trims objects near it


def find(picture: Image.Image) -> Found:
    """By transparency, else by a plain background, else by a saliency model, else by GrabCut.

    picture: a standard picture (see images.standard). An empty plane if nothing is found.
    """
    if is_transparent(picture):
        return Found(by_alpha(picture), "the image's transparency")
    found = _found(shrunk(picture, (0, 0, *picture.size)))
    return replace(found, plane=enlarged(found.plane, picture.size))


def _found(picture: Image.Image) -> Found:
    plane = but_background(picture)
    if plane is not None:
        return Found(plane, "its plain background")
    salient, notes = look(picture, (0, 0, *picture.size))
    if salient:
        return Found(salient.part.refined(salient.mask()), salient.by)
    width, height = picture.size
    across, down = round(width * INSET), round(height * INSET)
    try:
        plane = cut_box(picture, (across, down, width - across, height - down), SIDE)
    except ValueError:
        plane = edits.blank(picture.size)
    return Found(plane, GRABCUT, notes)


@finder(
    "auto",
    label="Find it",
    help="by what the image offers: transparency, plain background, a saliency model's file, else "
    "GrabCut",
    rank=0,
)
def auto(picture: Image.Image) -> Plane:
    """The object that `find` finds. Raises ValueError if it finds none."""
    found = find(picture)
    if not found.plane.any():
        raise ValueError(NOTHING)
    return found.plane
