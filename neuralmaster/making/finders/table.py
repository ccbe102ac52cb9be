"""The table of finders, which all interfaces and docs read.

A module in this package registers its finder with the decorator `finder`; a new finder needs no
other change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from neuralmaster.images import LEVELS, Plane

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

    name: the value that users choose. label: of its button. help: what it relies on, a phrase.
    find: takes a standard picture (see images.standard), which is not changed, and returns HxW
        uint8, 255 = object. Raises ValueError in one sentence if the picture offers nothing to
        find the object by. Deterministic.
    rank: its position in lists, ascending.
    """

    name: str
    label: str
    help: str
    find: Find
    rank: int

    def __call__(self, picture: Image.Image) -> Plane:
        """Finds the object; see `find`."""
        return self.find(picture)


REGISTERED: dict[str, Finder] = {}  # in the order of their modules; see finders.FINDERS


def finder(name: str, **more: Any) -> Callable[[Find], Find]:
    """Registers the decorated function in the table; more: the other fields of Finder."""

    def add(find: Find) -> Find:
        REGISTERED[name] = Finder(name, find=find, **more)
        return find

    return add
