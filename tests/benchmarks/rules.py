"""What `context` is measured beside: rules that do not look at the picture, and one that is told.

`hard` believes all that is below half red, as far as it goes; `soft` less, the more red there is;
`wary` hardly anything in the gradient. `oracle` is told how far the smear or the rim reaches, and
spreads the rest as `context` does: what a perfect judge could reach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neuralmaster.fills import Field, Scene, context
from neuralmaster.fills.opencv import NUMPY
from neuralmaster.fills.scene import Curve
from neuralmaster.fills.solver import spread

Fill = Callable[[Scene], Field]


def believing(certain: Curve, pull: float) -> Fill:
    """A fill that believes every pixel by its red alone, and pulls that hard."""

    def fill(scene: Scene) -> Field:
        grid = scene.grid(context.GRID)
        cells = scene.gather(certain, context.trust_source, scene.object, grid)
        weight = cells.weight[None]
        colour = cells.colour.transpose(2, 0, 1) / np.maximum(weight, 1e-12)
        mean, home = cells.mean[:, None, None], context.HOME / context.GRID**2
        found = spread(colour, pull * weight, mean, home, NUMPY).transpose(1, 2, 0)
        return Field(found, cells, np.ones(grid.shape, np.float32))

    return fill


def fixed(power: float, pull: float) -> Fill:
    return believing(
        lambda red: np.where(red < 0.5, np.clip(1 - 2 * red, 0, 1) ** power, np.float32(0)), pull
    )


def told(reach: NDArray[np.bool_]) -> Fill:
    """The oracle; reach: HxW, where the picture is spoilt. It believes the rest below half red."""

    def fill(scene: Scene) -> Field:
        levels = scene.mask.inpaint.copy()
        levels[reach] = 255
        mask = replace(scene.mask, inpaint=levels)
        return FIXED["hard"](Scene(scene.picture, mask))

    return fill


FIXED = {"hard": fixed(0, 30), "soft": fixed(2, 1), "wary": fixed(8, 1)}
ORACLE = "oracle"
