"""Finding the object in a picture: by what the picture offers, or by a box or strokes on it.

Finders take a standard picture (see images.standard) and return a plane, HxW uint8, 255 = object.
They raise ValueError in one sentence when there is nothing to find it by. The same picture and
marks give the same plane.
"""

from importlib import import_module
from pkgutil import iter_modules

from neuralmaster.making.finders.grabcut import by_box, by_strokes
from neuralmaster.making.finders.table import REGISTERED, Finder

__all__ = ["FINDERS", "Finder", "by_box", "by_strokes"]

for _module in iter_modules(__path__):  # a finder adds itself to the table
    import_module(f"{__name__}.{_module.name}")

FINDERS: dict[str, Finder] = {f.name: f for f in sorted(REGISTERED.values(), key=lambda f: f.rank)}
