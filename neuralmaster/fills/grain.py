"""Grain: the texture that a smooth fill lacks, drawn anew from the object's own high frequencies.

Pieces of the context around the hole, less their local mean, are each convolved with white noise
("random phase textures", Galerne, Gousseau and Morel, 2011): any such sum has the colour
covariance and the spectrum of the piece, and nothing else of it. At each place they are mixed,
the nearer a piece the more of it (by inverse distance: Shepard, 1968), so a smooth sky stays
smooth beside a coarse cloth. Lengths are pixels, for texture has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from neuralmaster import images
from neuralmaster.fills.context import trust_inpaint, trust_source
from neuralmaster.fills.field import Cells
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.interpolation import Interpolation
from neuralmaster.fills.scene import Scene
from neuralmaster.images import Box, Floats, Plane
from neuralmaster.masks import HALF

TILE = 256  # pixels after which a pattern comes again
PIECE = 0.25  # of the object's longer side, to the next power of 2: larger is less local, surer
PIECES = 4  # of the context, at most; more follow it more closely and take longer
NEAREST = 6  # power of the distance; larger mixes less
HARDLY = 0.02  # a share too small to be seen
BOX = 19  # pixels; the local mean is over two of them, sigma 8: what is coarser is the fill's


@dataclass(frozen=True, eq=False)
class Grain:
    """Patterns to lay over a fill; they start at the upper left of a box and repeat.

    tiles: patterns x rows x (columns * bands) float32: what each adds, in levels. shares: h x w x
        patterns float32, how much of each there is in the cells of `grid`; the sum of their
        squares is 1, for variances add up.
    """

    tiles: Floats
    shares: Floats
    grid: Grid
    box: Box

    def over(self, fill: Plane, part: Box) -> Plane:
        """A part of a fill (see Field.strip), within the box, with the patterns laid over it.

        Neither rise nor fall goes further than the other could, so the mean stays what it is
        where the fill is nearly black or white.
        """
        left, upper, right, lower = part
        width, height = right - left, lower - upper
        bands = fill.shape[1] // width
        rows = np.arange(upper - self.box[1], lower - self.box[1]) % self.tiles.shape[1]
        start = (left - self.box[0]) * bands % self.tiles.shape[2]
        columns = slice(start, start + fill.shape[1])
        repeats = -(-columns.stop // self.tiles.shape[2])
        shares = self._shares.rows(upper, lower, left, right).reshape(height, width, -1)
        levels = np.zeros(fill.shape, np.float32)
        for tile, share in zip(self.tiles, cv2.split(shares), strict=True):
            if share.max() > HARDLY:
                wide = cv2.merge([share] * bands).reshape(fill.shape)
                pattern = np.tile(tile[rows], (1, repeats))[:, columns]
                cv2.accumulateProduct(pattern, wide, levels)
        room = cv2.min(fill, cv2.bitwise_not(fill))
        # not by cv2.max, which takes a single pixel for a scalar
        rises, falls = (cv2.convertScaleAbs(limit(levels, 0)) for limit in (np.maximum, np.minimum))
        risen = cv2.add(fill, cv2.min(rises, room))
        return cv2.subtract(risen, cv2.min(falls, room))

    @cached_property
    def _shares(self) -> Interpolation:
        return Interpolation(self.shares, self.grid)


def grain(scene: Scene, cells: Cells, strength: float, seed: int) -> Grain | None:
    """The grain of the useful object around the area to repaint; None if there is no context.

    cells: the context, which tells where there is enough of it. strength: 1 is the variance of
    the object itself. seed: any integer; another one makes another pattern of the same kind.
    """
    left, upper, right, lower = box = scene.object
    longer = max(right - left, lower - upper)
    side = min(TILE, _power_of_two(longer))
    rng = np.random.default_rng(seed % 2**64)
    flat = np.zeros((side, side, int(images.has_alpha(scene.picture))), np.float32)
    tiles, centres, weights = [], [], []
    for part in _pieces(scene, cells, min(side, _power_of_two(PIECE * longer))):
        piece, weight = _piece(scene, part)
        noise = np.fft.rfft2(rng.standard_normal((side, side), np.float32))
        levels = np.fft.irfft2(np.fft.rfft2(piece, (side, side)) * noise, (side, side))
        levels *= strength * images.LEVELS / np.sqrt(max(weight, 1e-12))
        tile = np.dstack([levels.transpose(1, 2, 0), flat]).astype(np.float32)
        tiles.append(tile.reshape(side, -1))
        centres.append(((part[1] + part[3]) / 2, (part[0] + part[2]) / 2))
        weights.append(weight)
    if not tiles:
        return None
    return Grain(np.stack(tiles), _shares(cells.grid, centres, weights, side), cells.grid, box)


def _power_of_two(length: float) -> int:
    return int(max(32, 1 << (int(np.ceil(length)) - 1).bit_length()))


def _shares(
    grid: Grid, centres: list[tuple[float, float]], weights: list[float], side: int
) -> Floats:
    """See Grain.shares. weights: of the pieces around these centres, in pixels."""
    rows, columns = (
        axis.start + axis.size * (np.arange(axis.count) + 0.5) for axis in (grid.down, grid.across)
    )
    shares = []
    for (y, x), weight in zip(centres, weights, strict=True):
        away = ((rows[:, None] - y) ** 2 + (columns - x) ** 2) / side**2
        # at its own centre a piece counts as if that were a quarter of its side away
        shares.append(weight / (away + 1 / 16) ** (NEAREST / 2))
    total = np.maximum(np.sum(shares, axis=0), np.finfo(np.float64).tiny)
    return np.sqrt(np.stack(shares, axis=-1) / total[..., None]).astype(np.float32)


def _pieces(scene: Scene, cells: Cells, side: int) -> list[Box]:
    """Boxes of at most `side` pixels a side with the most context near the hole, most first."""
    left, upper, right, lower = scene.object
    per = max(1, round(side / cells.grid.size))  # cells a piece
    down, across = (-(-length // per) for length in cells.weight.shape)
    height, width = cells.weight.shape
    near = cells.weight * _nearness(scene, cells.grid, side)
    padded = cv2.copyMakeBorder(
        near, 0, down * per - height, 0, across * per - width, cv2.BORDER_CONSTANT
    )
    context = cv2.resize(padded, (across, down), interpolation=cv2.INTER_AREA).reshape(down, across)
    most = [
        k for k in np.argsort(-context, axis=None, kind="stable")[:PIECES] if context.flat[k] > 0
    ]
    step = per * cells.grid.size
    boxes = []
    for k in most:
        y = int(cells.grid.upper + int(k) // across * step)
        x = int(cells.grid.left + int(k) % across * step)
        part = (max(x, left), max(y, upper), min(x + side, right), min(y + side, lower))
        if part[0] < part[2] and part[1] < part[3]:
            boxes.append(part)
    return boxes


def _nearness(scene: Scene, grid: Grid, side: int) -> Floats:
    """How much is filled within about `side` pixels of each cell; nowhere quite 0."""
    left, upper, right, lower = scene.object
    red, green = scene.mask.strip(upper, lower, left, right)
    rows, columns = (
        np.floor(axis.start + axis.size * (np.arange(axis.count) + 0.5)).astype(int)
        for axis in (grid.down, grid.across)
    )
    centres = np.ix_(
        (rows - upper).clip(0, lower - upper - 1), (columns - left).clip(0, right - left - 1)
    )
    hole = np.float32(red[centres] > HALF) * (green[centres] > 0)
    near = cv2.GaussianBlur(hole, (0, 0), side / grid.size, borderType=cv2.BORDER_CONSTANT)
    return near + np.float32(1e-3)


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
