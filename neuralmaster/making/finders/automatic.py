"""The object by the best means that the picture offers."""

from __future__ import annotations

from PIL import Image

from neuralmaster.images import Plane
from neuralmaster.making.finders.background import but_background
from neuralmaster.making.finders.grabcut import by_box
from neuralmaster.making.finders.table import finder
from neuralmaster.making.finders.transparency import by_alpha, is_transparent
from neuralmaster.making.finders.whole import everything

INSET = 0.02  # of a side: the border assumed to be background; larger trims objects near it


@finder(
    "auto",
    label="Find it",
    help="by what the image offers: transparency, plain background, else GrabCut",
    rank=0,
)
def auto(picture: Image.Image) -> Plane:
    """By transparency, else by a plain background, else by GrabCut."""
    if is_transparent(picture):
        return by_alpha(picture)
    plane = but_background(picture)
    if plane is not None:
        return plane
    width, height = picture.size
    across, down = round(width * INSET), round(height * INSET)
    if min(width - 2 * across, height - 2 * down) < 3:
        return everything(picture)
    return by_box(picture, (across, down, width - across, height - down))
