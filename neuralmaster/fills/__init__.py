"""The fills by name. Each takes a Scene and gives the colours to fill with, as a Field."""

from importlib import import_module
from pkgutil import iter_modules

from neuralmaster.fills.field import Cells, Field
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.scene import Scene
from neuralmaster.fills.table import REGISTERED, Fill

__all__ = ["FILLS", "Cells", "Field", "Fill", "Grid", "Scene"]

for _module in iter_modules(__path__):  # a fill adds itself to the table
    import_module(f"{__name__}.{_module.name}")

FILLS: dict[str, Fill] = {f.name: f for f in sorted(REGISTERED.values(), key=lambda f: f.rank)}
