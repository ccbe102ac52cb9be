"""Colours that flow in from the object's own pixels, as far as those look like the object.

The context is averaged over cells, judged (see belief) and spread (see solver). All lengths are
shares of the object's size: the fill of a picture twice as large is the fill, twice as large. Each
step depends continuously on picture and mask and prefers no direction.
"""

from __future__ import annotations

import numpy as np

from neuralmaster import images
from neuralmaster.fills.arrays import Array, Arrays
from neuralmaster.fills.belief import belief
from neuralmaster.fills.field import Field
from neuralmaster.fills.opencv import NUMPY
from neuralmaster.fills.scene import Scene
from neuralmaster.fills.solver import spread
from neuralmaster.fills.table import fill
from neuralmaster.images import Floats

# Chosen on the trial `bench` of tests/benchmarks/quality.py; GRID on tests/benchmarks/speed.py too
GRID = 64  # cells along the object; more resolve finer rims, and are slower
CERTAIN = 30.0  # odds of what is fully believed; larger lets the texture of single cells show
FLOOR = 1e-6  # odds of what is not believed at all: better its colour than none
ALL_BUT_HALF = 3.988  # 8 times the red that is no context: beyond level 127, of which 0.004 is left
HOME = 0.01  # pull towards the mean everywhere; larger falls back to it nearer to the context


@fill(
    "context",
    rank=0,
    help="colours flow in smoothly from the object's clean pixels",
    tensors=True,
)
def context(scene: Scene) -> Field:
    """Lets the context flow inwards, as far as it is believed."""
    grid = scene.grid(GRID)
    cells = scene.gather(taken_inpaint, trust_source, scene.object, grid, wary=True)
    if not cells.useful:
        return Field(cells.colour, cells, np.zeros(grid.shape, np.float32))
    bands = images.colour_channels(scene.picture)
    colour = NUMPY.planes(cells.colour)
    filled, believed = fill_cells(colour, cells.weight[None], cells.mask, bands, NUMPY)
    return Field(NUMPY.image(filled), cells, believed[0])


def fill_cells(
    colour: Array, weight: Array, mask: Array, bands: int, arrays: Arrays
) -> tuple[Array, Array]:
    """The colours of all cells, bands x h x w, and the belief, 1 x h x w.

    colour: bands x h x w, mean of weight * colour; the first `bands` of them tell what is
        believed. weight: 1 x h x w. mask: 2 x h x w, means of green and of red * green.
    """
    believed = belief(colour[:bands], weight, mask, arrays, GRID)
    total = (arrays.stack([colour, weight]) * (believed + FLOOR)).sum(axis=(1, 2), keepdims=True)
    mean = total[:-1] / total[-1:]
    odds = weight * (believed / (1 - believed + 1 / CERTAIN) + FLOOR)
    shown = colour / weight.clip(min=1e-12)
    return spread(shown, odds, mean, HOME / GRID**2, arrays), believed


def taken_inpaint(red: Floats) -> Floats:
    """The weight of a pixel by its red: 1, but for a steep fall to 0 just below half red.

    How far a cell is believed is judged later; a curve that falls earlier would throw away clean
    colours next to the hole before that. Pixels beside a hard edge count as just below half red
    (see scene.beside_edges): they keep 0.004, which matters only where there is nothing else.
    """
    return np.clip(ALL_BUT_HALF - 8 * red, 0, 1)


def trust_inpaint(red: Floats) -> Floats:
    """The weight of a pixel in fills that do not judge: 1 where red is 0, 0 from half red on."""
    return np.clip(1 - 2 * red, 0, 1)


def trust_source(green: Floats) -> Floats:
    """The weight by green, squared: a soft edge of the object is mixed with background."""
    return green**2
