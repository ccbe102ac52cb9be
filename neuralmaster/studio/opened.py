"""What lies on a desk: the picture that was opened, and what views have made of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.images import Box
from neuralmaster.making.finders import Found, cell, find, useful_part
from neuralmaster.making.finders.part import enlarged, shrunk
from neuralmaster.making.finders.transparency import is_transparent
from neuralmaster.masks import TwoChannelMask
from neuralmaster.pipeline import Prepared
from neuralmaster.studio.layer import Layer

LARGE = 16e6  # pixels from which on a plane is made again rather than kept
OVERVIEW = 800  # pixels, at most, of the overview's longer side; see view.py


@dataclass(frozen=True, eq=False)
class Opened:
    """A picture as it was read, and smaller copies of it. number: its own among all that follow."""

    image: Image.Image
    name: str
    is_extended: bool = False
    number: int = 0
    seeking: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def picture(self) -> Image.Image:
        """The standard picture (see images.standard)."""
        return images.standard(self.image)

    @property
    def is_large(self) -> bool:
        """Whether planes of its size are made again rather than kept."""
        return self.image.width * self.image.height > LARGE

    @cached_property
    def overview(self) -> int:
        """By how much the overview is smaller: a whole number."""
        return -(-max(self.image.size) // OVERVIEW)

    @cached_property
    def small(self) -> Image.Image:
        """The picture of the overview."""
        return self.picture.reduce(self.overview)

    def reduced(self, factor: int) -> Image.Image:
        """A copy whose lengths are 1/factor, each side rounded up; the last one is kept."""
        if factor == 1:
            return self.picture
        if factor == self.overview:
            return self.small
        kept: dict[int, Image.Image] = self.__dict__.setdefault("copies", {})
        copy = kept.get(factor)
        if copy is None:
            copy = self.picture.reduce(factor)
            kept.clear()
            kept[factor] = copy
        return copy

    @property
    def found(self) -> Layer:
        """The object that is found without being shown where; empty if none is."""
        with self.seeking:  # several views may want it, and it takes long
            found = self._found
        size = self.picture.size
        layer = found if found.plane.shape[1::-1] == size else Layer(enlarged(found.plane, size))
        layer.keep(self.overview)
        return layer

    def object_at(self, inpaint: Layer) -> Layer:
        """The object that an area to repaint belongs to."""
        known, picture = self.found, self.picture
        area = inpaint.hard(cell(picture.size))
        found, box = useful_part(picture, inpaint.plane, Found(known.plane, by=""), area)
        return known.altered(found.plane, box)

    @property
    def is_sought(self) -> bool:
        """Whether `found` is known."""
        return "_found" in vars(self)

    @cached_property
    def _found(self) -> Layer:
        """Of a large picture only as large as it is found."""
        if is_transparent(self.picture) or not self.is_large:
            return Layer(find(self.picture).plane)
        return Layer(find(shrunk(self.picture, (0, 0, *self.picture.size))).plane)


@dataclass(frozen=True, eq=False)
class Bare:
    """A fill without the mask's gradient, in a copy of the picture.

    prepared: what was made of the copy. box: of what was filled, in pixels of the copy; empty if
    nothing was.
    """

    prepared: Prepared
    box: Box

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled."""
        return self.box[0] == self.box[2]


@dataclass(eq=False)
class Shown:
    """What views need of a desk at one size: the mask, and the fill once it is made."""

    mask: TwoChannelMask
    bare: Bare | None = None


def memory(holders: Iterable[object]) -> int:
    """Bytes of the pictures and planes that these have as attributes, each counted once."""
    held = {id(part): part for one in holders for part in list(vars(one).values())}
    return sum(map(_bytes, held.values()))


def _bytes(part: object) -> int:
    if isinstance(part, np.ndarray):
        return part.nbytes
    if isinstance(part, Image.Image):
        return 4 * part.width * part.height  # Pillow takes four a pixel in colour
    if isinstance(part, dict):
        return sum(map(_bytes, list(part.values())))
    if isinstance(part, Shown):
        bare = (part.bare, part.bare.prepared, part.bare.prepared.mask) if part.bare else ()
        return memory((part, part.mask, *bare))
    return 0
