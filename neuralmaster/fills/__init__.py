"""The fills by name. Each takes a Scene and gives the colours to fill with, as a coarse Field."""

from collections.abc import Callable

from neuralmaster.fills.classic import classic
from neuralmaster.fills.context import context
from neuralmaster.fills.mean import mean
from neuralmaster.fills.scene import Cells, Drawer, Field, Scene
from neuralmaster.fills.texture import texture

__all__ = ["FILLS", "Cells", "Drawer", "Field", "Scene", "made"]

FILLS: dict[str, Callable[[Scene], Field]] = {
    "context": context,
    "classic": classic,
    "mean": mean,
    "texture": texture,
}


def made(method: str, scene: Scene, seed: int) -> Field:
    """The fill of a name; the seed matters to those alone that choose at random."""
    return texture(scene, seed) if method == "texture" else FILLS[method](scene)
