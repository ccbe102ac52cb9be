"""Steps that can be undone and redone. Each keeps only what it changed, compressed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import cv2
import numpy as np

from neuralmaster import images
from neuralmaster.images import Box, Plane
from neuralmaster.studio.layer import Layer
from neuralmaster.studio.opened import Opened

FAST = 1  # zlib's level: masks are mostly flat, higher levels save little and take long


@dataclass(frozen=True)
class Difference:
    """A plane, as far as it differs from another.

    shape: of the plane. corner: row and column of the rectangle that differs; part: its rows and
    columns. data: its pixels, compressed.
    """

    shape: tuple[int, int]
    corner: tuple[int, int]
    part: tuple[int, int]
    data: bytes

    @classmethod
    def between(cls, plane: Plane, other: Plane, within: Box | None = None) -> Difference:
        """What turns `other` into `plane`; the whole plane if their sizes differ.

        within: outside of this box they are known to be the same.
        """
        rows, columns = plane.shape
        left, upper, width, height = 0, 0, columns, rows
        if plane is other:
            width = height = 0
        elif plane.shape == other.shape:
            left, upper, width, height = _differing(plane, other, within)
        changed = np.ascontiguousarray(plane[upper : upper + height, left : left + width])
        data = zlib.compress(changed.data, FAST) if changed.size else b""
        return cls((rows, columns), (upper, left), (height, width), data)

    @property
    def box(self) -> Box:
        """The rectangle that differs."""
        (upper, left), (height, width) = self.corner, self.part
        return (left, upper, left + width, upper + height)

    def applied_to(self, other: Plane) -> Plane:
        """The plane. `other` is not changed; if nothing differs, it is returned."""
        if not self.data:
            return other
        part = np.frombuffer(zlib.decompress(self.data), np.uint8).reshape(self.part)
        if self.part == self.shape:
            return part
        plane, (upper, left), (height, width) = other.copy(), self.corner, self.part
        plane[upper : upper + height, left : left + width] = part
        return plane


def _differing(plane: Plane, other: Plane, within: Box | None) -> tuple[int, int, int, int]:
    """Left, upper, width and height of the rectangle that holds all that differs."""
    rows, columns = plane.shape
    start, top, end, bottom = within or (0, 0, columns, rows)
    boxes = []
    strips = images.strips((start, top, end, bottom)) if start < end else ()
    for first, last in strips:  # little memory, and quicker
        mine, its = plane[first:last, start:end], other[first:last, start:end]
        if cv2.norm(mine, its, cv2.NORM_INF):  # most strips are alike, and this finds it soonest
            x, y, width, height = cv2.boundingRect(cv2.absdiff(mine, its))
            boxes.append((start + x, first + y, start + x + width, first + y + height))
    if not boxes:
        return (0, 0, 0, 0)
    left, upper = (min(box[k] for box in boxes) for k in (0, 1))
    right, lower = (max(box[k] for box in boxes) for k in (2, 3))
    return (left, upper, right - left, lower - upper)


def _layer(difference: Difference, other: Layer) -> Layer:
    plane = difference.applied_to(other.plane)
    if plane.shape != other.plane.shape:
        return Layer(plane)
    return other.altered(plane, difference.box)


@dataclass(frozen=True, eq=False)
class State:
    """What undo and redo bring back: all of a desk but the parameters of the fill."""

    opened: Opened
    inpaint: Layer
    source: Layer
    preset: str


@dataclass(frozen=True, eq=False)
class Step:
    """A state, as far as it differs from the one next to it."""

    opened: Opened
    preset: str
    layers: tuple[tuple[Difference, float, bool], ...]

    @classmethod
    def between(cls, state: State, other: State, within: Box | None = None) -> Step:
        """What turns `other` into `state`. within: as `Difference.between` takes it."""
        pairs = ((state.inpaint, other.inpaint), (state.source, other.source))
        layers = tuple(
            (Difference.between(mine.plane, its.plane, within), mine.feather, mine.is_auto)
            for mine, its in pairs
        )
        return cls(state.opened, state.preset, layers)

    def applied_to(self, other: State) -> State:
        """The state."""
        inpaint, source = (
            _layer(difference, its).like(feather, is_auto=is_auto)
            for (difference, feather, is_auto), its in zip(
                self.layers, (other.inpaint, other.source), strict=True
            )
        )
        return State(self.opened, inpaint, source, self.preset)

    def bytes(self) -> int:
        """Bytes of the compressed pixels; the picture is not counted."""
        return sum(len(difference.data) for difference, _, _ in self.layers)
