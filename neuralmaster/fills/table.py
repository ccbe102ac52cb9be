"""What a fill is, and the decorator `fill` by which a module in this package registers one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from neuralmaster.fills.field import Field
from neuralmaster.fills.scene import Scene
from neuralmaster.registry import Registry

Make = Callable[..., Field]  # of a Scene, and of each of `takes` by name


@dataclass(frozen=True)
class Fill:
    """A method of filling.

    name: the value that users choose. make: fills a Scene. help: what it does, half a sentence.
    rank: its position in lists, ascending; the first is the default.
    takes: which parameters `make` takes besides, by name: fields of FillParams, "seed" or "scale"
        (see Request), or "report", by which it reports its progress (see progress.Report).
    detail: it is as sharp as the picture, so that the fill of a small copy shows less; slower.
    tensors: neuralmaster.tensors implements it in torch as well.
    needs_object: its colours come from the useful object; without one there is no fill.
    """

    name: str
    make: Make
    help: str
    rank: int
    takes: tuple[str, ...] = ()
    detail: bool = False
    tensors: bool = False
    needs_object: bool = True

    def __call__(self, scene: Scene, values: Mapping[str, Any] | None = None) -> Field:
        """Fills a scene; what `values` lacks of `takes` is the default of `make`."""
        values = values or {}
        return self.make(scene, **{name: values[name] for name in self.takes if name in values})


fill = Registry(Fill)
