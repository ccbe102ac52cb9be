"""Finders of the object in a picture: automatic ones, and those guided by a box or strokes.

Finders take a standard picture (see images.standard) and return a plane, HxW uint8, 255 = object,
or a Found, which also says by what it was found. They raise ValueError in one sentence if the
picture offers nothing to find it by. They are deterministic: the same picture, box and strokes,
and the same model, give the same plane.

A saliency model is used if a person has one; `models` says where it is looked for.
"""

from importlib import import_module
from pkgutil import iter_modules

from neuralmaster.making.finders.automatic import find
from neuralmaster.making.finders.guided import by_box, by_strokes, in_box, under_strokes
from neuralmaster.making.finders.table import NOTHING, REGISTERED, Finder, Found
from neuralmaster.making.finders.useful import useful_object

__all__ = [
    "FINDERS",
    "NOTHING",
    "Finder",
    "Found",
    "by_box",
    "by_strokes",
    "find",
    "in_box",
    "under_strokes",
    "useful_object",
]

for _module in iter_modules(__path__):  # a finder adds itself to the table
    import_module(f"{__name__}.{_module.name}")

FINDERS: dict[str, Finder] = {f.name: f for f in sorted(REGISTERED.values(), key=lambda f: f.rank)}
