"""The fills by name. Each takes a Scene and gives the colours to fill with, as a coarse Field."""

from collections.abc import Callable

from neuralmaster.fills.classic import classic
from neuralmaster.fills.context import context
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.mean import mean
from neuralmaster.fills.scene import Cells, Drawer, Field, Scene

__all__ = ["FILLS", "Cells", "Drawer", "Field", "Grid", "Scene"]

FILLS: dict[str, Callable[[Scene], Field]] = {
    "context": context,
    "classic": classic,
    "mean": mean,
}
