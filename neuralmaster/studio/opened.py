"""What lies on a desk: the picture that was opened, and a layer of its mask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.images import Plane
from neuralmaster.making.finders import find

VIEW = 560  # pixels of the live view's longer side: what a half of a 1280 pixel page shows


@dataclass(frozen=True, eq=False)
class Opened:
    """A picture as it was read, and a small copy for the live view."""

    image: Image.Image
    name: str
    is_extended: bool = False

    @cached_property
    def picture(self) -> Image.Image:
        """The standard picture (see images.standard)."""
        return images.standard(self.image)

    @cached_property
    def scale(self) -> float:
        """Of the live view; at most 1."""
        return min(1.0, VIEW / max(self.image.size))

    @cached_property
    def small(self) -> Image.Image:
        """The live view's copy of the picture."""
        width, height = (max(1, round(side * self.scale)) for side in self.image.size)
        return self.picture.resize((width, height), Image.Resampling.BOX)

    @cached_property
    def found(self) -> Plane:
        """The object that is found without being shown where; empty if none is."""
        return find(self.picture).plane


@dataclass(frozen=True, eq=False)
class Layer:
    """plane: HxW, 255 = marked. feather: pixels of gradient. is_auto: nobody touched it yet."""

    plane: Plane
    feather: float = 0
    is_auto: bool = False


def memory(holders: Iterable[object]) -> int:
    """Bytes of the pictures and planes that these have as attributes, each counted once."""
    held = {id(part): part for one in holders for part in list(vars(one).values())}
    return sum(map(_bytes, held.values()))


def _bytes(part: object) -> int:
    if isinstance(part, np.ndarray):
        return part.nbytes
    if isinstance(part, Image.Image):
        return 4 * part.width * part.height  # Pillow takes four a pixel in colour
    return 0
