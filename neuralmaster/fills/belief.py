"""How far the context is believed: an M-estimator of location, ring by ring around the hole.

Spoilt texture reaches out of the hole into the red gradient, or past a hard edge, and no one
knows how far. So the context is sorted by depth (its red, slightly blurred) into overlapping
rings. Each ring is compared with the context around it that lies further out: texture scatters
about that, a smear shifts a whole place the same way. The ring is weighted by how far it is
shifted, in units of the scatter, with a redescending weight, which rejects gross errors instead of
averaging them in (Huber and Ronchetti, Robust Statistics, 2009, section 4.8; the weight is that of
Geman and McClure, 1987, with a higher power), and no ring is believed more than the one outside
it. A crumb of context that stands alone counts little.

Lengths are shares of the object's size. Planes are bands x h x w float32 (see Arrays), moments
are planes x rings x h x w.
"""

from __future__ import annotations

import numpy as np

from neuralmaster.fills.arrays import Array, Arrays

# All but TINY were chosen on the trial `bench` of tests/benchmarks/quality.py; `held-out` has
# never chosen any.
RINGS = 8  # from depth 0 to 0.5; more trace a smear's reach more closely, and are slower
SOFT = 0.02  # sigma of the blur of red; larger distrusts more along a hard edge
DENSE = 0.4  # object outside the hole within SOFT, 0.5 along a straight edge; larger trusts less
NEAR = 0.06  # sigma of the neighbourhood a place is compared with; larger sees more as a shift
WIDE = 0.25  # sigma of what is judged as one place; larger is surer, and blind to a local smear
SUPPORT = 0.24  # share of that neighbourhood that must lie further out; larger trusts less
DOUBT = 0.6  # squared shift, in variances, at which a ring is half believed; larger trusts more
POWER = 5  # of the squared shift in the weight; larger turns more sharply from trust to distrust
OWN = 0.3  # of the object's variance, added to that of the ring; larger trusts more
LEAST = 0.02  # standard deviation that even a flat object's colour is granted; larger trusts more
ALONE = 0.02  # weight of the mean of the whole ring beside a neighbourhood's own; larger is wider
TINY = 1e-6  # weight that keeps the mean of nothing from failing


def belief(colour: Array, weight: Array, mask: Array, arrays: Arrays, per_side: int) -> Array:
    """How far the context in each cell is believed, 1 x h x w in [0, 1].

    colour: bands x h x w, mean of weight * colour, without alpha. weight: 1 x h x w. mask: 2 x h
        x w, means of green and of red * green. per_side: cells along the object.
    """
    soft = arrays.blur(mask, SOFT * per_side)
    depth = (soft[1:] / soft[:1].clip(min=TINY)).clip(0, 0.5)
    dense = ((soft[:1] - soft[1:]) / DENSE).clip(max=1)
    rings = _rings(depth, arrays)
    far = weight * ((1 - 2 * depth) ** 2 + TINY)
    moments = _moments(whitened(colour / weight.clip(min=TINY), far, arrays), weight, rings, arrays)
    expected, support = _further_out(moments, arrays, NEAR * per_side / 2)
    shift = _shift(moments[:, 1:], expected, arrays, WIDE * per_side / 4)
    fits = (1 / (1 + (shift / DOUBT) ** POWER)).cumprod(1)
    # a smear fades in, so a ring is believed no more than the next one further in
    fits = arrays.double(arrays.stack([fits[0], fits[0, -1:]]))
    # what stands alone within the gradient has nothing to be compared with; cubed, so that little
    # to compare with counts as next to nothing
    support = (support[0] / SUPPORT).clip(max=1) ** 3
    judged = fits * arrays.stack([1 + 0 * support[:1], support])
    return ((arrays.double(judged) * rings).sum(axis=0, keepdims=True) * dense).clip(0, 1)


def _rings(depth: Array, arrays: Arrays) -> Array:
    """How far each cell belongs to each ring, RINGS x h x w; neighbours overlap, the sum is 1."""
    places = depth * (2 * RINGS - 2)
    numbers = np.arange(RINGS, dtype=np.float32)[:, None, None]
    return (1 - abs(places - arrays.matrix(numbers))).clip(min=0)


def _moments(colour: Array, weight: Array, rings: Array, arrays: Arrays) -> Array:
    """The sums of 1, of the colours and of their squared length, weighted, in each ring.

    Colours first, then 1, then squares; on a grid half as fine.
    """
    squares = (colour * colour).sum(axis=0, keepdims=True)
    planes = arrays.stack([colour, 1 + 0 * squares, squares]) * weight
    return arrays.halve(planes[:, None] * rings[None])


def _further_out(moments: Array, arrays: Arrays, sigma: float) -> tuple[Array, Array]:
    """For each ring but the first: the mean colour of those outside it nearby, and its weight.

    Where there is hardly any weight nearby, it is the mean of those rings as a whole.
    """
    planes, rings, height, width = moments[:-1, :-1].shape
    running = arrays.matrix(
        np.tri(rings, dtype=np.float32)
    )  # sums, several times as fast as cumsum
    outside = running @ moments[:-1, :-1].reshape(planes, rings, -1)
    outside = outside.reshape(planes, rings, height, width)
    whole = outside.sum(axis=(2, 3), keepdims=True)
    around = arrays.blur(outside, sigma)
    means = around[:-1] + ALONE * (whole[:-1] / whole[-1:].clip(min=TINY))
    return means / (around[-1:] + ALONE), around[-1:]


def _shift(moments: Array, expected: Array, arrays: Arrays, sigma: float) -> Array:
    """How far each ring is off what is expected, squared, in variances: 1 x rings x h x w.

    The variance is the ring's own, plus a part of the object's. On a grid half as fine as the
    moments'.
    """
    colour, weight, squares = moments[:-2], moments[-2:-1], moments[-1:]
    apart = colour - expected * weight
    squares = squares - (expected * (colour + apart)).sum(axis=0, keepdims=True)
    sums = arrays.blur(arrays.halve(arrays.stack([apart, squares, weight])), sigma)
    means = sums[:-1] / (sums[-1:] + TINY)
    shift = (means[:-1] * means[:-1]).sum(axis=0, keepdims=True)
    return shift / ((means[-1:] - shift).clip(min=0) + OWN)


def whitened(colour: Array, weight: Array, arrays: Arrays) -> Array:
    """Colours of mean 0, uncorrelated, and of variance 1 over all bands together.

    By the Cholesky factor of their covariance: the same lengths as by its eigenvectors.
    """
    bands, total = len(colour), weight.sum()
    flat = (colour - (colour * weight).sum(axis=(1, 2), keepdims=True) / total).reshape(bands, -1)
    covariance = (flat * weight.reshape(1, -1)) @ flat.T * (bands / total)
    least = arrays.matrix(np.eye(bands, dtype=np.float32) * np.float32(LEAST**2 * bands))
    return (arrays.inverse(arrays.cholesky(covariance + least)) @ flat).reshape(colour.shape)
