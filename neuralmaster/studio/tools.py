"""The table of tools: what a drag over the picture can do to a layer.

A tool is added here; only one that the page has to draw otherwise than as a brush or a box needs
more, in javascript/neuralmaster_brush.js.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from neuralmaster.images import Box, Plane
from neuralmaster.making import brush, edits
from neuralmaster.making.finders import by_box, by_strokes


@dataclass(frozen=True)
class Stroke:
    """One drag over the picture.

    layer: of desk.LAYERS; tool: of TOOLS. points: x, y in 0..1 of the picture's width and height.
    brush: the brush's diameter in 0..1 of the picture's longer side. pressures: a share 0..1 of
    that diameter for each point, as a pen gives it; () for the whole everywhere.
    """

    layer: str
    tool: str
    points: tuple[tuple[float, float], ...]
    brush: float
    pressures: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Drag:
    """One drag over the picture, and the layer it is to change.

    picture: the standard picture. plane: HxW uint8, the layer as it is shown; marked: what a
    person has marked of it. points: x, y in pixels. radius: of the brush, in pixels. pressures:
    the share 0..1 of the radius at each point; () for the whole everywhere.
    """

    picture: Image.Image
    plane: Plane
    marked: Plane
    points: list[tuple[float, float]]
    radius: float
    pressures: tuple[float, ...] = ()

    @cached_property
    def brush(self) -> Plane:
        """What the brush went over, HxW uint8."""
        centred = [(x - 0.5, y - 0.5) for x, y in self.points]  # 0.5 is the first pixel's centre
        return edits.stroke(self.picture.size, centred, self.radius, self.pressures)

    @property
    def reach(self) -> Box:
        """A box of the picture outside of which the brush leaves nothing."""
        room = self.radius + brush.MARGIN
        low, high = np.min(self.points, axis=0) - room, np.max(self.points, axis=0) + room
        edges = np.concatenate([np.floor(low), np.ceil(high)])
        left, upper, right, lower = np.clip(edges, 0, [*self.picture.size] * 2).astype(int)
        return (int(left), int(upper), int(right), int(lower))

    def changed(self, edit: Callable[[Plane, Plane], Plane]) -> Plane:
        """The layer after an edit with the brush, which does nothing elsewhere."""
        left, upper, right, lower = self.reach
        part = np.s_[upper:lower, left:right]
        plane = self.plane.copy()
        if plane[part].size:
            plane[part] = edit(plane[part], self.brush[part])
        return plane


@dataclass(frozen=True)
class Tool:
    """A way to change a layer by a drag.

    label: of its button. key: chooses it, with the pointer over the canvas. cursor: as CSS names
    it. help: what it does, a sentence. apply: gives the layer's new plane; raises ValueError in
    one sentence. shape: what the page draws meanwhile, "brush" or "box".
    erases: the brush takes away. finds: what it marks is an object, whose rim *Remove object*
    takes as well. Only a tool that finds changes more than what its brush reaches.
    """

    label: str
    key: str
    cursor: str
    help: str
    apply: Callable[[Drag], Plane]
    shape: str = "brush"
    erases: bool = False
    finds: bool = False


def _paint(drag: Drag) -> Plane:
    return drag.changed(edits.add)


def _erase(drag: Drag) -> Plane:
    return drag.changed(edits.erase)


def _box(drag: Drag) -> Plane:
    return by_box(drag.picture, edits.bounds(drag.points, drag.picture.size))


def _strokes(drag: Drag) -> Plane:
    return edits.add(drag.marked, by_strokes(drag.picture, drag.brush))


PAINT, ERASE, BOX, STROKES = "paint", "erase", "box", "strokes"
TOOLS: dict[str, Tool] = {
    PAINT: Tool("Paint", "b", "none", "Marks what the brush goes over.", _paint),
    ERASE: Tool("Erase", "e", "none", "Unmarks what the brush goes over.", _erase, erases=True),
    BOX: Tool(
        "Find in box",
        "m",
        "crosshair",
        "Marks the object that the box holds.",
        _box,
        shape="box",
        finds=True,
    ),
    STROKES: Tool(
        "Find by strokes",
        "w",
        "none",
        "Adds the object that the strokes touch.",
        _strokes,
        finds=True,
    ),
}
