"""Spreads colours from where they are known: inverse-distance weighting of all the context.

A place takes the mean of the context, weighed by distance^-POWER (Shepard, 1968), as convolution
pyramids do for membranes (Farbman, Fattal and Lischinski, 2011, with the power 3): what is near
decides, and where all is far, all sides count. A power law is a sum of Gaussians whose widths
double, and a Gaussian is one matrix along either axis, so there is nothing to iterate.
"""

from __future__ import annotations

from neuralmaster.fills.arrays import Array, Arrays

POWER = 5.0  # larger takes the nearest colours alone, and the noise in them; 2 is a flat mean
SIGMAS = ((0.5, 1.0), (2.0,), (4.0, 8.0, 16.0, 32.0, 64.0))  # of the Gaussians, in cells, those
# of each tuple on a grid half as fine as the one before; the last reaches over any object
MEAN = 1e-7  # weight of the mean colour beside a full cell's; larger falls back to it nearer


def spread(colour: Array, weight: Array, mean: Array, arrays: Arrays) -> Array:
    """The colour at the middle of each cell, bands x h x w.

    colour: bands x h x w, already multiplied by weight, 1 x h x w. mean: bands x 1 x 1, what
        lies far from everything.
    """
    sums = _summed(arrays.stack([colour, weight]), 0, arrays)
    return (sums[:-1] + MEAN * mean) / (sums[-1:] + MEAN)


def _summed(planes: Array, level: int, arrays: Arrays) -> Array:
    """The sum of the Gaussians of a level and all that are wider."""
    sums = 0 * planes
    for sigma in SIGMAS[level]:
        share = (sigma / SIGMAS[0][0]) ** (2 - POWER)
        sums = sums + share * arrays.blur(planes, sigma / 2**level)
    if level + 1 < len(SIGMAS):
        sums = sums + arrays.double(_summed(arrays.halve(planes), level + 1, arrays))
    return sums
