"""Grain: the texture that a smooth fill lacks, drawn anew from the object's own high frequencies.

Pieces of the context, less their local mean, are convolved with white noise ("random phase
textures", Galerne, Gousseau and Morel, 2011): any such sum has the colour covariance and the
spectrum of the pieces, and nothing else of them. Lengths are pixels, for texture has its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from neuralmaster import images
from neuralmaster.fills.context import trust_inpaint, trust_source
from neuralmaster.fills.scene import Cells, Scene
from neuralmaster.images import Box, Floats, Plane

TILE = 256  # pixels after which the pattern comes again; a piece of context is as large
PIECES = 4  # of the context, at most; more say more of an uneven object and take longer
BOX = 19  # pixels; the local mean is over two of them, sigma 8: what is coarser is the fill's


@dataclass(frozen=True, eq=False)
class Grain:
    """A pattern to lay over a fill; it starts at the upper left of a box and repeats.

    rises, falls: rows x (columns * bands) uint8, at least as wide as the box: what it adds and
        takes away, in levels.
    """

    rises: Plane
    falls: Plane
    box: Box

    def over(self, fill: Plane, part: Box) -> Plane:
        """A part of a fill (see Field.strip), within the box, with the pattern laid over it.

        Neither rise nor fall goes further than the other could, so the mean stays what it is
        where the fill is nearly black or white.
        """
        left, upper, right, lower = part
        rows = np.arange(upper - self.box[1], lower - self.box[1]) % len(self.rises)
        start = (left - self.box[0]) * (fill.shape[1] // (right - left))
        columns = slice(start, start + fill.shape[1])
        room = cv2.min(fill, cv2.bitwise_not(fill))
        risen = cv2.add(fill, cv2.min(self.rises[rows, columns], room))
        return cv2.subtract(risen, cv2.min(self.falls[rows, columns], room))


def grain(scene: Scene, cells: Cells, strength: float, seed: int) -> Grain:
    """The grain of the useful object outside the area to repaint.

    cells: the context, which tells where there is enough of it. strength: 1 is the variance of
    the object itself. seed: any integer; another one makes another pattern of the same kind.
    """
    left, upper, right, lower = box = scene.object
    side = min(TILE, max(32, 1 << (max(right - left, lower - upper) - 1).bit_length()))
    rng = np.random.default_rng(seed % 2**64)
    pattern = np.zeros((images.colour_channels(scene.picture), side, side // 2 + 1), np.complex64)
    counted = 0.0
    for part in _pieces(cells, side, box):
        piece, weight = _piece(scene, part)
        noise = rng.standard_normal((side, side), np.float32)
        pattern += np.fft.rfft2(piece, (side, side)) * np.fft.rfft2(noise)
        counted += weight
    levels = np.fft.irfft2(pattern, (side, side)).transpose(1, 2, 0)
    levels *= strength / np.sqrt(max(counted, 1e-12))
    flat = np.zeros((side, side, int(images.has_alpha(scene.picture))))
    tile = np.dstack([levels, flat]).reshape(side, -1)
    across = -(-(right - left) // side)
    rises, falls = (np.tile(images.to_levels(t), (1, across)) for t in (tile, -tile))
    return Grain(rises, falls, box)


def _pieces(cells: Cells, side: int, box: Box) -> list[Box]:
    """Boxes of at most `side` pixels a side with the most context in them, most first."""
    per = max(1, round(side / cells.grid.size))  # cells a piece
    down, across = (-(-length // per) for length in cells.weight.shape)
    height, width = cells.weight.shape
    padded = cv2.copyMakeBorder(
        cells.weight, 0, down * per - height, 0, across * per - width, cv2.BORDER_CONSTANT
    )
    held = cv2.resize(padded, (across, down), interpolation=cv2.INTER_AREA).reshape(down, across)
    most = [k for k in np.argsort(-held, axis=None, kind="stable")[:PIECES] if held.flat[k] > 0]
    left, upper, right, lower = box
    step = per * cells.grid.size
    boxes = []
    for k in most:
        y = int(cells.grid.upper + int(k) // across * step)
        x = int(cells.grid.left + int(k) % across * step)
        boxes.append((max(x, left), max(y, upper), min(x + side, right), min(y + side, lower)))
    return boxes


def _piece(scene: Scene, box: Box) -> tuple[Floats, float]:
    """What lies about the local mean in a box, channels x h x w in [-1, 1], and its weight.

    It is faded out towards the rim of the context, where the background may shine through. Its sum
    is 0, for the blur of a local mean is its own transpose: so the mean of a fill stays.
    """
    left, upper, right, lower = box
    red, green = scene.mask.strip(upper, lower, left, right)
    weight = cv2.LUT(red, images.table(_clean)) * cv2.LUT(green, images.table(_inside))
    pixels = images.read_box(scene.picture, box).reshape(*weight.shape, -1) / np.float32(
        images.LEVELS
    )
    if images.has_alpha(scene.picture):
        weight = weight * pixels[..., -1]
    colour = pixels[..., : images.colour_channels(scene.picture)]
    sums = np.dstack([colour * weight[..., None], weight])
    around = cv2.blur(sums, (BOX, BOX), borderType=cv2.BORDER_CONSTANT)
    around = cv2.blur(around, (BOX, BOX), borderType=cv2.BORDER_CONSTANT)
    apart = colour - around[..., :-1] / np.maximum(around[..., -1:], np.float32(1e-6))
    weight = weight * around[..., -1]
    faded = apart * weight[..., None]
    return faded.transpose(2, 0, 1), float((weight.astype(np.float64) ** 2).sum())


def _clean(red: Floats) -> Floats:
    return trust_inpaint(red) ** 2


def _inside(green: Floats) -> Floats:
    """A soft edge is part background, and would be the strongest texture of all."""
    return trust_source(green) ** 4
