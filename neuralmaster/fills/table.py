"""The table of fills. Whatever offers, describes or makes a fill reads it here.

A module in this package adds its fill by the decorator `fill`; nothing else names one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from neuralmaster.fills.scene import Field, Scene

Make = Callable[..., Field]  # of a Scene, and of each of `takes` by name


@dataclass(frozen=True)
class Fill:
    """A method of filling.

    name: as a person chooses it. help: what it does, half a sentence.
    make: fills a Scene. takes: what it needs besides, by name: fields of FillParams, or
        "seed" or "scale" (see Request).
    rank: its place in lists; the fill with the smallest rank is the default.
    detail: it is as sharp as the picture, so that the fill of a small copy shows less; slower.
    tensors: neuralmaster.tensors has it as well.
    needs_object: its colours come from the useful object; without one there is no fill.
    """

    name: str
    help: str
    make: Make
    rank: int
    takes: tuple[str, ...] = ()
    detail: bool = False
    tensors: bool = False
    needs_object: bool = True

    def __call__(self, scene: Scene, values: Mapping[str, Any] | None = None) -> Field:
        """Fills a scene; what `values` lacks of `takes` is the default of `make`."""
        values = values or {}
        return self.make(scene, **{name: values[name] for name in self.takes if name in values})


REGISTERED: dict[str, Fill] = {}  # in the order of their modules; see fills.FILLS


def fill(name: str, **more: Any) -> Callable[[Make], Make]:
    """Adds the decorated function to the table; more: the other fields of Fill."""

    def add(make: Make) -> Make:
        REGISTERED[name] = Fill(name, make=make, **more)
        return make

    return add
