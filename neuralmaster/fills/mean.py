"""One flat colour: the object's mean."""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.context import trust_inpaint, trust_source
from neuralmaster.fills.scene import Field, Scene

CELL = 16  # pixels; a flat colour needs no grid, this one only makes the averaging fast


def mean(scene: Scene) -> Field:
    """Fills with the mean colour of the context, trusted as the `context` fill trusts it."""
    cells = scene.gather(trust_inpaint, trust_source, scene.object, CELL)
    return Field(np.broadcast_to(cells.mean, cells.colour.shape), cells)
