"""How far the context is believed: a sequential M-estimator, from the far context inwards.

Spoilt texture reaches out of the hole into the red gradient, or past a hard edge, nobody knows
how far. So the context is sorted by depth, its red softened by a little, into overlapping rings.
From the outermost on, each is compared with the context around it that lies further out and is
believed: texture scatters about that, a smear shifts a whole place the same way. The ring is
weighed by how far it is shifted, in units of the scatter, with a redescending weight, which does
away with gross errors instead of averaging them in (Huber and Ronchetti, Robust Statistics, 2009,
section 4.8; the weight here is that of Geman and McClure, 1987, with a higher power), and no ring
is believed more than the one outside it. A crumb of context that stands alone counts little.

Lengths are shares of the object's size, planes are bands x h x w float32 (see Arrays).
"""

from __future__ import annotations

from neuralmaster.fills.arrays import Array, Arrays

RINGS = 8  # from depth 0 to 0.5; more find a smear's reach more closely, from fewer cells each
SOFT = 0.02  # sigma that red is softened by; larger doubts more along a hard edge
DENSE = 0.5  # context within SOFT, as along a straight edge; larger trusts crumbs and corners less
NEAR = 0.06  # sigma of the neighbourhood a place is compared with; larger sees more as a shift
WIDE = 0.18  # sigma of the places judged as one; larger is surer, and blind to a local smear
SUPPORT = 0.25  # share of that neighbourhood that must lie further out; larger trusts less
DOUBT = 1.0  # squared shift, in variances, at which a ring is half believed; larger trusts more
OWN = 0.3  # of the object's variance, counted beside that of the ring; larger trusts more
LEAST = 0.02  # deviation of colour that even a flat object is granted
ALONE = 0.02  # a share of a neighbourhood that counts as much as the whole ring
TINY = 1e-6  # weight that keeps a mean of nothing from failing


def belief(colour: Array, weight: Array, mask: Array, arrays: Arrays, per_side: int) -> Array:
    """How far the context in each cell is believed, 1 x h x w in [0, 1].

    colour: bands x h x w, mean of weight * colour, without alpha. weight: 1 x h x w. mask: 2 x h
        x w, means of green and of red * green. per_side: cells along the object.
    """
    soft = arrays.blur(arrays.stack([mask, weight]), SOFT * per_side)
    depth = (soft[1:2] / soft[:1].clip(min=TINY)).clip(0, 0.5)
    dense = (soft[2:] / DENSE).clip(max=1)
    coarse = arrays.halve(arrays.stack([colour, depth * weight, weight]))
    held = coarse[-1:]
    coarse = coarse[:-1] / held.clip(min=TINY)
    rings = _rings(coarse[-1:], arrays) * held
    white = whitened(coarse[:-1], held * ((1 - 2 * coarse[-1:]) ** 2 + TINY), arrays)
    judged = _judged(white, rings, arrays, per_side / 2)
    believed = (arrays.double(judged) * _rings(depth, arrays)).sum(axis=0, keepdims=True)
    return (believed * dense).clip(0, 1)


def _rings(depth: Array, arrays: Arrays) -> Array:
    """How far each cell belongs to each ring, RINGS x h x w; neighbours overlap, the sum is 1."""
    places = depth * (2 * RINGS - 2)
    return arrays.stack([1 - abs(places - ring) for ring in range(RINGS)]).clip(min=0)


def _judged(colour: Array, rings: Array, arrays: Arrays, per_side: float) -> Array:
    """How far each ring is believed around each place, RINGS x h x w in [0, 1]."""
    fits, supports = [1 + 0 * rings[:1]], [1 + 0 * rings[:1]]
    further = rings[:1]
    for number in range(1, RINGS):
        ring = rings[number : number + 1]
        expected, support = _local_means(colour, further, arrays, NEAR * per_side)
        shift = _shift(colour - expected, ring, arrays, WIDE * per_side)
        fits.append(fits[-1] / (1 + (shift / DOUBT) ** 3))
        # what lies alone in the midst of the gradient has nothing to be compared with
        supports.append((support / SUPPORT).clip(max=1))
        further = further + ring * fits[-1]
    # a smear fades in, so a ring is believed no more than the next one further in
    return arrays.stack([*fits[1:], fits[-1]]) * arrays.stack(supports)


def _shift(apart: Array, weight: Array, arrays: Arrays, sigma: float) -> Array:
    """The squared mean around each place over the variance there, the object's counted in."""
    squares = (apart * apart).sum(axis=0, keepdims=True)
    sums = arrays.blur(arrays.stack([apart * weight, squares * weight, weight]), sigma)
    means = sums[:-1] / (sums[-1:] + TINY)
    shift = (means[:-1] * means[:-1]).sum(axis=0, keepdims=True)
    return shift / ((means[-1:] - shift).clip(min=0) + OWN)


def _local_means(colour: Array, weight: Array, arrays: Arrays, sigma: float) -> tuple[Array, Array]:
    """The weighted mean around each place, and the weight there is around it.

    Where there is hardly any weight around, the mean is that of the whole.
    """
    sums = arrays.stack([colour * weight, weight])
    whole = sums.sum(axis=(1, 2), keepdims=True)
    around = arrays.blur(sums, sigma)
    means = around[:-1] + ALONE * (whole[:-1] / whole[-1:].clip(min=TINY))
    return means / (around[-1:] + ALONE), around[-1:]


def whitened(colour: Array, weight: Array, arrays: Arrays) -> Array:
    """Colours of mean 0 and, over all bands together, of variance 1 in each direction.

    By the Cholesky factor of their covariance, band after band: the same lengths as by its
    eigenvectors.
    """
    total = weight.sum()
    apart = colour - (colour * weight).sum(axis=(1, 2), keepdims=True) / total
    bands = len(colour)
    done: list[Array] = []
    factors: list[list[Array]] = []
    for i in range(bands):
        row: list[Array] = []
        for j in range(i + 1):
            moment = (apart[i] * apart[j] * weight[0]).sum() / total * bands
            if i == j:
                moment = moment + LEAST**2 * bands
            for k in range(j):
                moment = moment - row[k] * (factors[j][k] if j < i else row[k])
            row.append(moment**0.5 if i == j else moment / factors[j][j])
        plane = apart[i : i + 1]
        for j in range(i):
            plane = plane - row[j] * done[j]
        factors.append(row)
        done.append(plane / row[i])
    return arrays.stack(done)
