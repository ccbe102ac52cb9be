"""The fills by name. Each takes a Scene and gives the colours to fill with, as a Field."""

from neuralmaster.fills.field import Cells, Field
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.scene import Scene
from neuralmaster.fills.table import Fill, fill

__all__ = ["FILLS", "Cells", "Field", "Fill", "Grid", "Scene"]

FILLS: dict[str, Fill] = fill.table(__name__, __path__)
