"""Finders of the object in a picture: automatic ones, and those guided by a box or strokes.

Finders take a standard picture (see images.standard) and return a plane, HxW uint8, 255 = object.
They raise ValueError in one sentence if the picture offers nothing to find it by. They are
deterministic: the same picture, box and strokes give the same plane.
"""

from importlib import import_module
from pkgutil import iter_modules

from neuralmaster.making.finders.grabcut import by_box, by_strokes
from neuralmaster.making.finders.table import REGISTERED, Finder, Found
from neuralmaster.making.finders.useful import useful_object

__all__ = ["FINDERS", "Finder", "Found", "by_box", "by_strokes", "useful_object"]

for _module in iter_modules(__path__):  # a finder adds itself to the table
    import_module(f"{__name__}.{_module.name}")

FINDERS: dict[str, Finder] = {f.name: f for f in sorted(REGISTERED.values(), key=lambda f: f.rank)}
