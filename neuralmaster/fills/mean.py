"""One flat colour: the object's mean."""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.context import trust_inpaint, trust_source
from neuralmaster.fills.field import Field
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.scene import Scene
from neuralmaster.fills.table import fill
from neuralmaster.images import Floats

CELL = 16  # pixels; a flat colour needs no grid, this one only makes the averaging fast


@fill("mean", rank=20, help="one flat colour, the object's mean", tensors=True)
def mean(scene: Scene) -> Field:
    """Fills with the mean colour of the context; the more red a pixel has, the less it counts."""
    box = scene.object
    cells = scene.gather(_wary, trust_source, box, Grid.of_box(box, CELL))
    colour = np.broadcast_to(cells.mean, cells.colour.shape)
    return Field(colour, cells, np.ones(cells.grid.shape, np.float32))


def _wary(red: Floats) -> Floats:
    """Squared: one mean cannot tell where the gradient is spoilt, and has clean pixels enough."""
    return trust_inpaint(red) ** 2
