"""The table of finders. Whatever offers or describes a way to find the object reads it here.

A module in this package adds its finder by the decorator `finder`; nothing else names one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from neuralmaster.images import Plane

Find = Callable[[Image.Image], Plane]


@dataclass(frozen=True)
class Finder:
    """A way to find the useful object in a picture without being shown where it is.

    name: as a person chooses it. label: of its button. help: what it goes by, half a sentence.
    find: takes a standard picture (see images.standard), which is not changed, and returns HxW
        uint8, 255 = object. Raises ValueError in one sentence when there is nothing to find the
        object by. The same picture gives the same plane.
    rank: its place in lists.
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
    """Adds the decorated function to the table; more: the other fields of Finder."""

    def add(find: Find) -> Find:
        REGISTERED[name] = Finder(name, find=find, **more)
        return find

    return add
