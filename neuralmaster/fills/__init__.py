"""The fills by name. Each takes a Scene and gives the colours to fill with, as a Field."""

from neuralmaster.fills.grid import Grid
from neuralmaster.fills.scene import Cells, Drawer, Field, Scene
from neuralmaster.fills.table import Fill, fill

__all__ = ["FILLS", "Cells", "Drawer", "Field", "Fill", "Grid", "Scene"]

FILLS: dict[str, Fill] = fill.table(__name__, __path__)
