"""A layer of the mask, and the smaller copies of it that views need.

A stroke changes a small part of a large plane. What is known of the rest is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from neuralmaster import images
from neuralmaster.images import Box, Plane
from neuralmaster.making import edits

SMALL = 1 << 20  # cells, at most, of a copy that is kept

Make = Callable[[Plane, int], Plane]  # a copy whose lengths are 1/factor, rounded up


@dataclass(frozen=True, eq=False)
class Layer:
    """plane: HxW, 255 = marked. feather: pixels of gradient. is_auto: nobody touched it yet."""

    plane: Plane
    feather: float = 0
    is_auto: bool = False

    def like(self, feather: float, *, is_auto: bool = False) -> Layer:
        """The same plane, with all that is known of it."""
        _ = self.copies  # the same from now on
        layer = replace(self, feather=feather, is_auto=is_auto)
        known = {name: vars(self)[name] for name in vars(self) if name not in vars(layer)}
        vars(layer).update(known)
        return layer

    def altered(self, plane: Plane, box: Box) -> Layer:
        """This layer with another plane of its size, which differs from it within the box alone."""
        layer = replace(self, plane=plane)
        if "extent" in vars(self):
            vars(layer)["extent"] = _around(self.extent, box)
        for (make, factor), cells in list(self.copies.items()):
            copy = cells.copy()
            _make_within(copy, plane, make, factor, box)
            layer.copies[make, factor] = copy
        return layer

    @cached_property
    def copies(self) -> dict[tuple[Make, int], Plane]:
        """Small copies that were made, without gradient."""
        return {}

    @cached_property
    def extent(self) -> Box:
        """A box outside of which nothing is marked."""
        left, upper, width, height = cv2.boundingRect(self.plane)
        return (left, upper, left + width, upper + height)

    @cached_property
    def is_marked(self) -> bool:
        """Whether anything is."""
        part = self.plane[_within(self.extent)]
        return bool(part.size) and cv2.countNonZero(part) > 0

    def hard(self, factor: int) -> Plane:
        """255 where a cell of a copy whose lengths are 1/factor holds a pixel of half or more."""
        return self._copy(edits.pooled, factor)

    def reduced(self, factor: int) -> Plane:
        """The plane with its gradient in a copy whose lengths are 1/factor, rounded up."""
        plane = self._copy(_means, factor) if factor > 1 else self.plane
        return edits.feather(plane, self.feather / factor)

    def keep(self, factor: int) -> None:
        """Makes what is needed again for each layer that is this one, altered."""
        _ = self.extent, self._copy(_means, factor)

    def part(self, box: Box, factor: int) -> Plane:
        """A box of `reduced(factor)`, made from what lies in it and around it alone."""
        left, upper, right, lower = box
        margin = math.ceil(2 * self.feather / factor) + 2  # further away, no gradient reaches it
        x, y = max(0, left - margin), max(0, upper - margin)
        around = self.plane[y * factor : (lower + margin) * factor,
                            x * factor : (right + margin) * factor]  # fmt: skip
        plane = Layer(np.ascontiguousarray(around), self.feather).reduced(factor)
        return plane[upper - y : lower - y, left - x : right - x]

    def _copy(self, make: Make, factor: int) -> Plane:
        """As `make` makes it of the plane."""
        copy = self.copies.get((make, factor))
        if copy is None:
            copy = np.zeros([-(-side // factor) for side in self.plane.shape], np.uint8)
            _make_within(copy, self.plane, make, factor, self.extent)
            if copy.size <= SMALL:
                self.copies[make, factor] = copy
        return copy


def _means(plane: Plane, factor: int) -> Plane:
    return np.asarray(images.plane_image(np.ascontiguousarray(plane)).reduce(factor))


def _make_within(copy: Plane, plane: Plane, make: Make, factor: int, box: Box) -> None:
    """Makes the cells of a copy anew, in place, of which some pixel lies in a box of the plane."""
    left, upper = (edge // factor for edge in box[:2])
    right, lower = (-(-edge // factor) for edge in box[2:])
    part = plane[upper * factor : lower * factor, left * factor : right * factor]
    if part.size:
        copy[upper:lower, left:right] = make(part, factor)


def _within(box: Box) -> tuple[slice, slice]:
    left, upper, right, lower = box
    return slice(upper, lower), slice(left, right)


def _around(one: Box, other: Box) -> Box:
    """The box around two; one without a pixel does not count."""
    full = [box for box in (one, other) if box[0] < box[2] and box[1] < box[3]]
    if not full:
        return (0, 0, 0, 0)
    lefts, uppers, rights, lowers = zip(*full, strict=True)
    return min(lefts), min(uppers), max(rights), max(lowers)
