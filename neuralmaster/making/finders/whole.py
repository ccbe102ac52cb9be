"""The whole picture as the object."""

from __future__ import annotations

from PIL import Image

from neuralmaster.images import LEVELS, Plane
from neuralmaster.making import edits
from neuralmaster.making.finders.table import finder


@finder("all", label="Whole picture", help="the whole picture", rank=30)
def everything(picture: Image.Image) -> Plane:
    """A plane of the picture's size, all 255."""
    return edits.blank(picture.size, LEVELS)
