"""The object by whatever the picture offers."""

from __future__ import annotations

from PIL import Image

from neuralmaster.images import Plane
from neuralmaster.making.finders.background import but_background
from neuralmaster.making.finders.grabcut import by_box
from neuralmaster.making.finders.table import finder
from neuralmaster.making.finders.transparency import by_alpha, is_transparent
from neuralmaster.making.finders.whole import everything

INSET = 0.02  # of the picture: without a box, the object is taken to keep this away from its border


@finder(
    "auto",
    label="Find it",
    help="by what the image offers: transparency, plain background, else GrabCut",
    rank=0,
)
def auto(picture: Image.Image) -> Plane:
    """By what a picture offers: its transparency, else its plain background, else GrabCut."""
    if is_transparent(picture):
        return by_alpha(picture)
    found = but_background(picture)
    if found is not None:
        return found
    width, height = picture.size
    across, down = round(width * INSET), round(height * INSET)
    if min(width - 2 * across, height - 2 * down) < 3:
        return everything(picture)
    return by_box(picture, (across, down, width - across, height - down))
