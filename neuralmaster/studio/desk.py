"""What lies on the desk: the picture, its two layers, and every step that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from PIL import Image

from neuralmaster.images import Box, Plane
from neuralmaster.making import edits, presets
from neuralmaster.making.finders import FINDERS
from neuralmaster.masks import TwoChannelMask
from neuralmaster.params import FillParams, SamplingParams, all_specs, specs
from neuralmaster.pipeline import Prepared, prepare
from neuralmaster.request import Request
from neuralmaster.studio.history import State, Step
from neuralmaster.studio.layer import Layer
from neuralmaster.studio.opened import Opened, Shown, memory
from neuralmaster.studio.tools import TOOLS, Drag, Stroke

STEPS = 100  # that can be undone
PAST = 128e6  # bytes for what they keep; the last is kept in any case

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


@dataclass(frozen=True, eq=False)
class Desk:
    """One state of the work; every step returns a new one, which remembers those before.

    past: the last step first in time; future: what has been undone, the next to redo first.
    """

    opened: Opened
    inpaint: Layer
    source: Layer
    preset: str = RETEXTURE
    params: FillParams = field(default_factory=FillParams)
    sampling: SamplingParams = field(default_factory=SamplingParams)
    past: tuple[Step, ...] = field(default=(), repr=False)
    future: tuple[Step, ...] = field(default=(), repr=False)

    @classmethod
    def open(cls, image: Image.Image, name: str, preset: str = RETEXTURE) -> Desk:
        """A picture laid on the desk, with nothing to repaint yet. ValueError if it is none."""
        opened = Opened(image, name)
        size = opened.picture.size
        blank = Layer(edits.blank(size), presets.feather_for(size))
        desk = cls(opened, blank, Layer(edits.blank(size), is_auto=True))
        return replace(desk.with_preset(preset), past=())

    def memory(self) -> int:
        """Bytes that this desk and its steps keep, each picture and plane counted once."""
        steps = (*self.past, *self.future)
        pictures = {
            id(one): one for one in (self.opened, *(step.opened for step in steps))
        }.values()
        kept = sum(step.bytes() for step in steps)
        return kept + memory((self, *pictures, self.inpaint, self.source))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.opened.picture.size

    @cached_property
    def shown(self) -> dict[int, Shown]:
        """What views have needed of this desk, by the factor of their copy of the picture."""
        return {}

    def layer(self, name: str) -> Layer:
        """The layer of that name; the object that finds itself is looked for here."""
        if name not in LAYERS:
            raise ValueError(f"expected a layer, {' or '.join(LAYERS)}, got {name!r}")
        layer = self.inpaint if name == INPAINT else self.source
        return self._found_by_itself if layer.is_auto else layer

    @cached_property
    def _found_by_itself(self) -> Layer:
        return self.opened.object_at(self.inpaint).like(self.source.feather, is_auto=True)

    def step(self, **changes: Any) -> Desk:
        """A change that can be undone. What had been undone cannot be redone after it."""
        return self._stepped(replace(self, **changes))

    def _stepped(self, changed: Desk, within: Box | None = None) -> Desk:
        """within: if it is known that no layer changes outside of this box."""
        past = (*self.past, Step.between(self._state, changed._state, within))[-STEPS:]
        while len(past) > 1 and _kept(past) > PAST:
            past = past[1:]
        return replace(changed, past=past, future=())

    @property
    def _state(self) -> State:
        return State(self.opened, self.inpaint, self.source, self.preset)

    def _marked(self, name: str, plane: Plane) -> Desk:
        return self.step(**{name: Layer(plane, self.layer(name).feather)})

    def undone(self) -> Desk:
        """One step back; itself if there is none. The parameters stay."""
        if not self.past:
            return self
        before = self._at(self.past[-1])
        step = Step.between(self._state, before._state)
        return replace(before, past=self.past[:-1], future=(step, *self.future))

    def redone(self) -> Desk:
        """One undone step forth; itself if there is none. The parameters stay."""
        if not self.future:
            return self
        after = self._at(self.future[0])
        step = Step.between(self._state, after._state)
        return replace(after, past=(*self.past, step), future=self.future[1:])

    def _at(self, step: Step) -> Desk:
        state = step.applied_to(self._state)
        there = replace(self, **vars(state), past=(), future=())
        begun_with = self.params.method == _method_of(self.preset)
        if there.preset != self.preset and begun_with:  # nobody has chosen another
            return there.with_params(method=_method_of(there.preset))
        return there

    def with_preset(self, preset: str) -> Desk:
        """What a job begins with, its fill too; layers that a person has marked are kept."""
        if preset not in PRESETS:
            raise ValueError(f"expected one of {', '.join(PRESETS)}, got {preset!r}")
        feather, source = presets.feather_for(self.size), self.source
        if preset == REMOVE:
            feather = presets.rim_for(self.size)
            source = Layer(FINDERS["all"](self.opened.picture))
        elif preset == RETEXTURE and self.preset != RETEXTURE:
            source = Layer(edits.blank(self.size), is_auto=True)
        inpaint = self.inpaint.like(feather)
        begun = self.step(preset=preset, inpaint=inpaint, source=source)
        return begun.with_params(method=_method_of(preset))

    def with_params(self, **values: Any) -> Desk:
        """Other parameters of the job. Raises ValueError for one that there is not."""
        for name in values:
            if name not in all_specs():
                raise ValueError(f"expected a parameter of the job, got {name!r}")
        of_fill = {name: values[name] for name in values if name in specs()}
        others = {name: values[name] for name in values if name not in of_fill}
        params, sampling = replace(self.params, **of_fill), replace(self.sampling, **others)
        return replace(self, params=params, sampling=sampling)

    def arguments(self) -> dict[str, Any]:
        """Every parameter of the job by name."""
        return {**asdict(self.params), **asdict(self.sampling)}

    def with_feather(self, name: str, width: float) -> Desk:
        """Another gradient for a layer; it does not change what the layer marks."""
        width = FillParams(feather=width).feather
        if name == INPAINT:
            return replace(self, inpaint=self.inpaint.like(width))
        return replace(self, source=self.source.like(width, is_auto=self.source.is_auto))

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
            pressures=stroke.pressures,
        )
        plane = tool.apply(drag)
        if tool.finds:
            return self._found(stroke.layer, plane)
        changed: Any = {stroke.layer: layer.altered(plane, drag.reach).like(layer.feather)}
        within = None if layer.is_auto else drag.reach  # of what finds itself, no plane is kept
        return self._stepped(replace(self, **changed), within)

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
        number = self.opened.number + 1
        opened = Opened(picture, self.opened.name, is_extended=True, number=number)
        return self.step(opened=opened, inpaint=Layer(mask.inpaint), source=Layer(mask.source))

    def mask(self, factor: int = 1) -> TwoChannelMask:
        """The mask, at full size or for a copy of the picture whose lengths are 1/factor."""
        inpaint, source = (self.layer(name).reduced(factor) for name in LAYERS)
        return TwoChannelMask(inpaint, source)

    def request(self, image: Image.Image, mask: TwoChannelMask) -> Request:
        """The job for the picture and its mask, or for smaller copies of them."""
        read = TwoChannelMask.from_planes(mask.inpaint, mask.source)
        return Request(image, read, params=self.params)

    def finished(self) -> Prepared:
        """What the job makes of the picture, at full size."""
        return prepare(self.request(self.opened.image, self.mask()))


def _kept(steps: tuple[Step, ...]) -> int:
    pictures = {id(step.opened): step.opened for step in steps}
    return sum(step.bytes() for step in steps) + memory(pictures.values())


def _method_of(preset: str) -> str:
    """The fill that a job begins with."""
    return presets.METHODS.get(preset, FillParams().method)
