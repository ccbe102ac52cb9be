"""What a finder is, and the decorator `finder` by which a module in this package registers one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from neuralmaster.images import LEVELS, Plane
from neuralmaster.registry import Registry

Find = Callable[[Image.Image], Plane]
NOTHING = "expected an object that stands out, found none; find it by a box or strokes instead"


@dataclass(frozen=True, eq=False)
class Found:
    """An object that was found.

    plane: HxW uint8, 255 = object; all 0 if there is none. by: what found it, a phrase.
    notes: what else a person should know, a sentence each.
    """

    plane: Plane
    by: str
    notes: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """What was found and by what, and the notes."""
        if not self.plane.any():
            return self.notes
        share = self.plane.mean() / LEVELS
        return (f"The useful object was found by {self.by}: {share:.0%} of the image.", *self.notes)


@dataclass(frozen=True)
class Finder:
    """A way to find the useful object in a picture without a box or strokes.

    name: the value that users choose.
    find: takes a standard picture (see images.standard), which is not changed, and returns HxW
        uint8, 255 = object. Raises ValueError in one sentence if the picture offers nothing to
        find the object by. Deterministic.
    label: of its button. help: what it relies on, a phrase.
    rank: its position in lists, ascending.
    """

    name: str
    find: Find
    label: str
    help: str
    rank: int

    def __call__(self, picture: Image.Image) -> Plane:
        """Finds the object; see `find`."""
        return self.find(picture)


finder = Registry(Finder)
