"""Colours that flow in from the object's own pixels, as far as they look like the object.

A spoilt texture often reaches out of the hole into the red gradient, nobody knows how far. So
the gradient is cut into rings by its red, and each ring is compared with the context around it
that has less red: texture scatters about that, a smear shifts the whole ring the same way. From
the first ring on that is shifted, nothing further in is believed. What is believed holds its
colour and spreads from there like heat (a screened Poisson equation, solved coarse to fine).

All lengths are shares of the object's longer side: the fill of a 2x picture is the 2x fill.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralmaster import images
from neuralmaster.fills.scene import Field, Scene
from neuralmaster.images import Floats

GRID = 96  # cells along the object's longer side, down to half as many; more is slower
RINGS = 8  # from red 0 to 0.5; more find a smear's reach more closely, from fewer cells each
NEAR = 0.06  # sigma of the neighbourhood a place is compared with; larger sees more as a shift
WIDE = 0.1  # sigma of the places judged as one; larger is surer, and blind to a local smear
SUPPORT = 0.25  # share of that neighbourhood that must have less red; larger trusts thin rims less
DOUBT = 1.0  # squared shift, in variances, at which a ring is half believed; larger trusts more
OWN = 0.4  # of the object's variance, counted beside that of the ring; larger trusts more
LEAST = 0.02  # deviation of colour that even a flat object is granted
PULL = 1e6  # how hard context holds its colour if it is believed; if it is not at all, 1
HOME = 10.0  # pull towards the mean everywhere; larger falls back to it nearer to the context
SWEEPS = 4  # of smoothing on each grid; fewer leave the blocks of the coarser grids
TINY = np.float32(1e-30)  # keeps a division by no weight at all from failing
_AROUND = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4


def context(scene: Scene) -> Field:
    """Lets the context flow inwards, each of its rings as far as it is believed."""
    left, upper, right, lower = scene.object
    side = max(right - left, lower - upper)
    size = 1 << (-(-side // GRID) - 1).bit_length()  # of twice the picture it is just the double
    cells = scene.gather(trust_inpaint, trust_source, scene.object, size)
    if not cells.useful:
        return Field(cells.colour, cells)
    rows, columns = _middles(upper, lower, size), _middles(left, right, size)
    levels = scene.mask.inpaint[np.ix_(rows, columns)]  # a pixel speaks for its cell
    red = np.minimum(levels / np.float32(images.LEVELS), np.float32(0.5))
    trust = trust_inpaint(red)[..., None]
    # how much of a cell is context, whatever its red: relative, so that the least is enough
    held = np.minimum(cells.weight[..., None] / np.maximum(trust, 0.01), 1)
    held /= held.max()
    colour = cells.colour / np.maximum(cells.weight, TINY)[..., None]
    seen = colour[..., : images.colour_channels(scene.picture)]
    coarse = _halved(np.dstack([seen * held, red[..., None] * held, held]))
    coarse[..., :-1] /= np.maximum(coarse[..., -1:], TINY)
    beliefs = _beliefs(coarse[..., :-2], coarse[..., -2], coarse[..., -1:], side / size / 2)
    belief = (_doubled(beliefs, red.shape) * _rings(red)).sum(axis=2, keepdims=True)
    mean = _mean(colour, held * (trust * belief + 1e-6))
    filled = _diffused(colour, held * PULL**belief, mean, side / size)
    return Field(filled, cells, belief[..., 0])


def trust_inpaint(red: Floats) -> Floats:
    """What a pixel counts within its cell: all where red is 0, nothing from half red on.

    How far the cell is believed is found out later; a curve that falls faster would throw away
    the clean colours next to the hole before that.
    """
    return np.clip(1 - 2 * red, 0, 1)


def trust_source(green: Floats) -> Floats:
    """A soft edge of the object is part background: half green is believed a quarter."""
    return green**2


def _middles(first: int, last: int, size: int) -> NDArray[np.intp]:
    """The pixel in the middle of each cell between two; of the last cell one that it has."""
    return np.minimum(np.arange(first + size // 2, last + size // 2, size), last - 1)


def _rings(red: Floats) -> Floats:
    """How far each cell belongs to each ring, h x w x RINGS; neighbours overlap, the sum is 1."""
    centres = np.arange(RINGS, dtype=np.float32)
    return np.clip(1 - np.abs(red[..., None] * (2 * RINGS - 2) - centres), 0, 1)


def _beliefs(colour: Floats, red: Floats, held: Floats, per_side: float) -> Floats:
    """How far each ring is believed, place by place: h x w x RINGS in [0, 1].

    colour: h x w x bands, without alpha. red: h x w, at most 0.5. held: h x w x 1, how much of
    a cell is context. per_side: cells along the object's longer side.
    """
    rings = _rings(red) * held
    inner = rings[..., 1:]
    outer = np.cumsum(rings, axis=2)[..., :-1] + 1e-6 * held  # never quite without context
    trust = trust_inpaint(red)[..., None]
    colour = _whitened(colour, held * (trust**2 + 1e-6))[..., None]
    expected, support = _local_means(colour, outer, NEAR * per_side)
    apart = colour - expected
    spread = (apart * apart).sum(axis=2, keepdims=True)
    judged, _ = _local_means(np.concatenate([apart, spread], axis=2), inner, WIDE * per_side)
    shift = (judged[:, :, :-1] ** 2).sum(axis=2)
    shift /= np.maximum(judged[:, :, -1] - shift, 0) + OWN
    fits = np.cumprod(1 / (1 + (shift / DOUBT) ** 4), axis=2)
    # a smear fades in, so a ring is believed no more than the next one further in; and a thin
    # rim of the object in the midst of the gradient is not, for there is nothing to compare
    beliefs = np.dstack([fits, fits[..., -1]])
    beliefs[..., 1:] *= np.minimum(support / SUPPORT, 1)
    return beliefs


def _mean(colour: Floats, weight: Floats) -> Floats:
    return (colour * weight).sum(axis=(0, 1)) / weight.sum()


def _whitened(colour: Floats, weight: Floats) -> Floats:
    """Colours shifted, turned and scaled: mean 0, variances that add up to 1 in all directions."""
    apart = colour - _mean(colour, weight)
    covariance = np.einsum("hwa,hwb->ab", apart * weight, apart) / weight.sum()
    variances, axes = np.linalg.eigh(covariance)
    return apart @ (axes / np.sqrt((np.maximum(variances, 0) + LEAST**2) * len(variances)))


def _local_means(values: Floats, weight: Floats, sigma: float) -> tuple[Floats, Floats]:
    """The weighted mean around each place, for each ring, and the weight there is around it.

    values: h x w x bands x rings (or 1). weight: h x w x rings. sigma: in cells. Where there is
    hardly any weight around, the mean is that of the whole ring.
    """
    weight = weight[:, :, None]
    sums = np.concatenate([values * weight, weight], axis=2)
    whole = sums.sum(axis=(0, 1))
    whole = whole[:-1] / np.maximum(whole[-1:], TINY)
    flat = sums.reshape(*sums.shape[:2], -1)
    flat = cv2.GaussianBlur(flat, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    sums = flat.reshape(sums.shape)
    alone = 0.02  # a share of the neighbourhood that counts as much as the whole ring
    return (sums[:, :, :-1] + alone * whole) / (sums[:, :, -1:] + alone), sums[:, :, -1]


def _diffused(colour: Floats, pull: Floats, mean: Floats, per_side: float) -> Floats:
    """The smoothest colours that `pull` holds to `colour` and HOME to `mean`, h x w x bands.

    Solved on ever finer grids, each starting from the coarser one. pull: h x w x 1.
    """
    grids = [np.dstack([colour * pull, pull])]
    while grids[-1].shape[:2] != (1, 1):
        grids.append(_halved(grids[-1]))
    found = np.broadcast_to(mean, (1, 1, len(mean)))
    for level, grid in reversed(list(enumerate(grids))):
        if level < len(grids) - 1:
            found = _doubled(found, grid.shape)
        slack = (2**level / per_side) ** 2 / 4  # of a cell among its four neighbours
        free = 1 / (1 + slack * (grid[..., -1:] + HOME))
        drawn = slack * (grid[..., :-1] + HOME * mean) * free
        for _ in range(SWEEPS):
            around = cv2.filter2D(found, -1, _AROUND, borderType=cv2.BORDER_REPLICATE)
            found = around.reshape(drawn.shape) * free + drawn
    return found


def _halved(grid: Floats) -> Floats:
    """A grid of cells twice the size; an odd border is repeated."""
    height, width = grid.shape[:2]
    even = cv2.copyMakeBorder(grid, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    height, width = -(-height // 2), -(-width // 2)
    half = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
    return half.reshape(height, width, -1)


def _doubled(grid: Floats, shape: tuple[int, ...]) -> Floats:
    """A grid drawn out to cells of half the size, cut to a shape."""
    double = cv2.resize(grid, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    return double.reshape(2 * grid.shape[0], 2 * grid.shape[1], -1)[: shape[0], : shape[1]]
