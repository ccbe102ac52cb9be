"""The look of NeuralMaster 0.9: sharp near the context, ever more blurred away from it."""

from __future__ import annotations

import cv2
import numpy as np

from neuralmaster.fills.field import Field
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.scene import Scene
from neuralmaster.fills.table import fill
from neuralmaster.images import Floats

CELL = 4  # pixels; averaging over a cell and drawing it out again blurs by sigma 2 by itself
# Each grid, coarse to fine, with the blurs that are laid over it: standard deviation in pixels,
# and how many times. The WebUI's own fill has these blurs, and so had NeuralMaster 0.9. A grid
# is as coarse as its finest blur allows: sigma is about four of its cells.
LAYERS = ((16, ((256, 1),)), (4, ((64, 1),)), (1, ((16, 2), (4, 4), (2, 2))))
FLOOR = 1 / 255  # opacity of the object's mean under all layers, for what no blur reaches


@fill("classic", rank=10, help="the blurred look of NeuralMaster 0.9", takes=("scale",))
def classic(scene: Scene, scale: float = 1) -> Field:
    """Composites Gaussian blurs of the context, coarse to fine, each over the ones before.

    The context is the useful object where red is below half; beyond the picture's border the
    pixels at the border go on. Blurs are in pixels, so a larger picture is filled more sharply.

    scale: 1, or by how much the picture is smaller than the one it is a copy of; the blurs are of
    that one's pixels.
    """
    size = max(1, round(CELL / scale))
    cells = scene.gather(_outside, _as_is, scene.whole, Grid.of_box(scene.whole, size))
    context = np.dstack([cells.colour, cells.weight])  # premultiplied colour and its opacity
    for axis, length in enumerate(reversed(scene.picture.size)):
        # the last cells average over their own pixels only
        own = length - (context.shape[axis] - 1) * size
        context[(slice(None),) * axis + (-1,)] *= size / own
    stack = np.full((1, 1, 1), FLOOR, np.float32) * np.append(cells.mean, np.float32(1))
    coarser = 1
    for coarseness, layers in LAYERS:
        # on a small picture a coarse grid would be a cell or two, so it stays finer
        factor = coarseness
        while factor > 1 and min(context.shape[:2]) < 8 * factor:
            factor //= 2
        grid = _reduced(context, factor)
        stack = _drawn(stack, coarser // factor, grid.shape)
        coarser = factor
        for sigma, repeats in layers:
            stack = _composited(stack, _blurred(grid, sigma / scale, size * factor), repeats)
    stack = stack[1:-1, 1:-1]
    colour = stack[..., :-1] / stack[..., -1:]
    return Field(colour, cells, np.ones(cells.grid.shape, np.float32))


def _outside(red: Floats) -> Floats:
    return (red < 0.5).astype(np.float32)


def _as_is(green: Floats) -> Floats:
    return green


def _reduced(cells: Floats, factor: int) -> Floats:
    """A grid `factor` times coarser, with a rim of one coarse cell.

    The rim holds nothing but the border going on outside: a coarse cell at the border is an
    average with the inside, and repeating that would spread the inside outwards.
    """
    height, width = cells.shape[:2]
    down, across = -(-height // factor) + 1, -(-width // factor) + 1
    rimmed = cv2.copyMakeBorder(
        cells,
        factor,
        down * factor - height,
        factor,
        across * factor - width,
        cv2.BORDER_REPLICATE,
    )
    return cv2.resize(rimmed, (across + 1, down + 1), interpolation=cv2.INTER_AREA)


def _drawn(stack: Floats, factor: int, shape: tuple[int, ...]) -> Floats:
    """The stack on the next finer grid, rim for rim; a single colour goes everywhere."""
    if stack.shape[:2] == (1, 1):
        return np.broadcast_to(stack, shape)
    drawn = cv2.resize(stack, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    return drawn[factor - 1 : factor - 1 + shape[0], factor - 1 : factor - 1 + shape[1]]


def _composited(stack: Floats, layer: Floats, repeats: int) -> Floats:
    """The stack with a layer over it, `repeats` times: each time layer + (1 - opacity) * stack.

    All at once, by the sum of a geometric series.
    """
    bands = layer.shape[2]
    through = 1 - cv2.extractChannel(layer, bands - 1)
    gain, left = np.ones_like(through), through.copy()
    for _ in range(repeats - 1):
        gain += left
        left *= through
    over = layer * cv2.merge([gain] * bands)
    over += stack * cv2.merge([left] * bands)
    return over


def _blurred(grid: Floats, sigma: float, size: int) -> Floats:
    """A Gaussian blur of `sigma` pixels of a grid whose cells are `size` pixels."""
    # averaging over a cell has the variance c²/12, drawing it out linearly c²/6, of its size c
    own = (size**2 - 1) / 12 + size**2 / 6
    spread = np.sqrt(max(sigma**2 - own, 0)) / size
    if spread < 0.1:  # cells; that would not reach the next one
        return grid
    return cv2.GaussianBlur(grid, (0, 0), spread, borderType=cv2.BORDER_REPLICATE)
