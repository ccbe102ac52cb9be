"""A colour of one's own, the same everywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import ImageColor

from neuralmaster import images
from neuralmaster.fills.field import Field
from neuralmaster.fills.mean import mean
from neuralmaster.fills.scene import Scene
from neuralmaster.fills.table import fill


@fill("colour", rank=40, help="a colour of your own", takes=("colour",), needs_object=False)
def colour(scene: Scene, colour: str = "#808080") -> Field:
    """Fills with one colour; of the useful object it takes nothing but where it lies.

    colour: "#rrggbb", sRGB; a gray picture gets its luma.
    """
    field = mean(scene)
    shown = ImageColor.getcolor(colour, scene.picture.mode)
    levels = np.array(shown, np.float32).reshape(-1) / np.float32(images.LEVELS)
    cells = replace(field.cells, mean=levels, useful=0)
    return Field(np.broadcast_to(levels, field.colour.shape), cells, field.belief)
