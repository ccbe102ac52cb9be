"""What lies on the desk: the picture, its two layers, and every step that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import cv2
from PIL import Image

from neuralmaster.images import Plane
from neuralmaster.making import edits, presets
from neuralmaster.making.finders import FINDERS, Found, useful_object
from neuralmaster.masks import TwoChannelMask
from neuralmaster.params import FillParams
from neuralmaster.pipeline import Prepared, prepare
from neuralmaster.request import Request
from neuralmaster.studio.opened import Layer, Opened, memory
from neuralmaster.studio.tools import TOOLS, Drag

STEPS = 20  # that can be taken back; fewer of a large picture
PAST = 256e6  # bytes for what they keep: about a plane each; the last is kept in any case

INPAINT, SOURCE = LAYERS = ("inpaint", "source")
RETEXTURE, REMOVE, OUTPAINT = PRESETS = ("retexture", "remove", "outpaint")
AUTO = "auto"  # the finder that a layer follows until a person marks it

EDITS: dict[str, Callable[[Plane, float], Plane]] = {
    "grow": edits.grow,
    "shrink": edits.shrink,
    "holes": lambda plane, _: edits.fill_holes(plane),
    "invert": lambda plane, _: edits.invert(plane),
    "clear": lambda plane, _: edits.erase(plane, edits.blank(plane.shape[::-1], 255)),
}


@dataclass(frozen=True)
class Stroke:
    """One drag over the picture.

    layer: of LAYERS; tool: of TOOLS. points: x, y in 0..1 of the picture's width and height.
    brush: the brush's diameter in 0..1 of the picture's longer side.
    """

    layer: str
    tool: str
    points: tuple[tuple[float, float], ...]
    brush: float


@dataclass(frozen=True, eq=False)
class Desk:
    """One state of the work; every step returns a new one, which remembers those before."""

    opened: Opened
    inpaint: Layer
    source: Layer
    preset: str = RETEXTURE
    method: str = FillParams().method
    past: tuple[Desk, ...] = field(default=(), repr=False)

    @classmethod
    def open(cls, image: Image.Image, name: str, preset: str = RETEXTURE) -> Desk:
        """A picture laid on the desk, with nothing to repaint yet. ValueError if it is none."""
        opened = Opened(image, name)
        size = opened.picture.size
        feather = presets.feather_for(size)
        blank = Layer(edits.blank(size), feather)
        desk = cls(opened, blank, Layer(edits.blank(size), is_auto=True))
        return replace(desk.with_preset(preset), past=())

    def memory(self) -> int:
        """Bytes that this desk and its past keep, each picture and plane counted once."""
        desks = (self, *self.past)
        return memory(part for d in desks for part in (d, d.opened, d.inpaint, d.source))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.opened.picture.size

    def layer(self, name: str) -> Layer:
        """The layer of that name; the object that finds itself is looked for here."""
        if name not in LAYERS:
            raise ValueError(f"expected a layer, {' or '.join(LAYERS)}, got {name!r}")
        layer = self.inpaint if name == INPAINT else self.source
        return replace(layer, plane=self._found_by_itself) if layer.is_auto else layer

    @cached_property
    def _found_by_itself(self) -> Plane:
        found = Found(self.opened.found, by="")
        return useful_object(self.opened.picture, self.inpaint.plane, found).plane

    def step(self, **changes: object) -> Desk:
        """A change that can be taken back."""
        past = (*self.past, replace(self, past=()))[-STEPS:]
        changed = replace(self, **changes, past=past)  # type: ignore[arg-type]
        alone = replace(changed, past=()).memory()
        while len(changed.past) > 1 and changed.memory() - alone > PAST:
            changed = replace(changed, past=changed.past[1:])
        return changed

    def _marked(self, name: str, plane: Plane) -> Desk:
        return self.step(**{name: replace(self.layer(name), plane=plane, is_auto=False)})

    def undone(self) -> Desk:
        """One step back; itself if there is none."""
        return replace(self.past[-1], past=self.past[:-1]) if self.past else self

    def with_preset(self, preset: str) -> Desk:
        """What a job begins with; layers that a person has marked are kept."""
        if preset not in PRESETS:
            raise ValueError(f"expected one of {', '.join(PRESETS)}, got {preset!r}")
        feather, source = presets.feather_for(self.size), self.source
        if preset == REMOVE:
            feather = presets.rim_for(self.size)
            source = Layer(FINDERS["all"](self.opened.picture))
        elif preset == RETEXTURE and self.preset != RETEXTURE:
            source = Layer(edits.blank(self.size), is_auto=True)
        inpaint = replace(self.inpaint, feather=feather)
        return self.step(preset=preset, inpaint=inpaint, source=source)

    def with_method(self, method: str) -> Desk:
        """Another fill."""
        return replace(self, method=FillParams(method=method).method)

    def with_feather(self, name: str, width: float) -> Desk:
        """Another gradient for a layer; it does not change what the layer marks."""
        width = FillParams(feather=width).feather
        if name == INPAINT:
            return replace(self, inpaint=replace(self.inpaint, feather=width))
        return replace(self, source=replace(self.source, feather=width))

    def drawn(self, stroke: Stroke) -> Desk:
        """A layer changed by a tool."""
        width, height = self.size
        layer, tool = self.layer(stroke.layer), TOOLS[stroke.tool]
        drag = Drag(
            self.opened.picture,
            plane=layer.plane,
            marked=edits.blank(self.size) if layer.is_auto else layer.plane,
            points=[(x * width, y * height) for x, y in stroke.points],
            radius=max(0.5, stroke.brush * max(self.size) / 2),
        )
        plane = tool.apply(drag)
        return (self._found if tool.finds else self._marked)(stroke.layer, plane)

    def found_by(self, name: str, finder: str) -> Desk:
        """The layer marked by a finder."""
        if finder == AUTO and name == SOURCE:
            return self.step(source=replace(self.source, is_auto=True))
        return self._found(name, FINDERS[finder](self.opened.picture))

    def _found(self, name: str, plane: Plane) -> Desk:
        if self.preset == REMOVE and name == INPAINT:  # its rim goes as well
            plane = edits.grow(plane, presets.rim_for(self.size))
        return self._marked(name, plane)

    def uploaded(self, name: str, mask: Image.Image) -> Desk:
        """The layer marked in white by another picture, whose luma counts; resized if need be.

        A two-channel mask gives both layers.
        """
        read = TwoChannelMask.read(mask)
        if not read.reason:
            read = read.resized(self.size)
            return self.step(
                inpaint=Layer(read.inpaint), source=Layer(read.source, self.source.feather)
            )
        gray = TwoChannelMask.compose(Image.new("L", self.size), mask).source
        return self._marked(name, gray)

    def edited(self, name: str, edit: str, pixels: float) -> Desk:
        """The layer changed by one of EDITS."""
        return self._marked(name, EDITS[edit](self.layer(name).plane, pixels))

    def extended(self, sides: tuple[int, int, int, int]) -> Desk:
        """A larger canvas, its new part to be repainted; sides as `presets.outpaint` has them."""
        feather = presets.feather_for(self.size)
        picture, mask = presets.outpaint(self.opened.picture, sides, feather)
        opened = Opened(picture, self.opened.name, is_extended=True)
        return self.step(opened=opened, inpaint=Layer(mask.inpaint), source=Layer(mask.source))

    def mask(self) -> TwoChannelMask:
        """The mask at full size."""
        return self._composed(1.0, self.size)

    def small_mask(self) -> TwoChannelMask:
        """The mask of the live view."""
        return self._composed(self.opened.scale, self.opened.small.size)

    def _composed(self, scale: float, size: tuple[int, int]) -> TwoChannelMask:
        inpaint, source = (self._plane(name, scale, size) for name in LAYERS)
        return TwoChannelMask(inpaint, source)

    def _plane(self, name: str, scale: float, size: tuple[int, int]) -> Plane:
        layer = self.layer(name)
        plane = layer.plane
        if plane.shape != (size[1], size[0]):
            plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        return edits.feather(plane, layer.feather * scale)

    @property
    def params(self) -> FillParams:
        """The choices of the fill. Soft edges are in the mask already."""
        return FillParams(method=self.method)

    def request(self, image: Image.Image, mask: TwoChannelMask) -> Request:
        """The job for the picture and its mask, or for the live view's copies of them."""
        read = TwoChannelMask.from_planes(mask.inpaint, mask.source)
        return Request(image, read, params=self.params)

    def finished(self) -> Prepared:
        """What the job makes of the picture, at full size."""
        return prepare(self.request(self.opened.image, self.mask()))
