"""Axes for the host's X/Y/Z plot: Masked content, and every parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from neuralmaster.params import Choice, Number, all_specs
from neuralmaster.webui import arguments, hosts, masked_content
from neuralmaster.webui.hosts import Apply

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing

Axis = tuple[str, type, Apply, dict[str, object]]


def add_axes() -> None:
    """Called by the host before it builds its page; adds the axes once."""
    for axes, new_axis in hosts.plots():
        known = {getattr(axis, "label", "") for axis in axes}
        axes += [
            new_axis(f"[{masked_content.NAME}] {label}", kind, apply, **more)
            for label, kind, apply, more in _axes()
            if f"[{masked_content.NAME}] {label}" not in known
        ]


def _axes() -> list[Axis]:
    """Axes: label, type of the values, setter, and options for choices and validation."""
    axes: list[Axis] = [("Masked content", str, _set_content, _among(masked_content.names))]
    for name, spec in all_specs().items():
        if isinstance(spec, Choice):
            axes.append((spec.label, str, _setter(name), _among(partial(getattr, spec, "names"))))
        else:
            kind = float if isinstance(spec, Number) else str
            axes.append((spec.label, kind, _setter(name), {}))
    return axes


def _among(names: Callable[[], Sequence[str]]) -> dict[str, object]:
    def confirm(_: Processing, values: list[str]) -> None:
        """Called before the first picture is generated."""
        for value in values:
            if value not in names():
                raise ValueError(f"expected one of {', '.join(names())}, got {value!r}")

    return {"choices": lambda: list(names()), "confirm": confirm}


def _set_content(p: Processing, value: object, _: list[object]) -> None:
    p.inpainting_fill = masked_content.names().index(str(value))


def _setter(name: str) -> Apply:
    def apply(p: Processing, value: object, _: list[object]) -> None:
        assert p.scripts  # the plot is one of them
        ours = (s for s in p.scripts.alwayson_scripts if s.title() == masked_content.NAME)
        script = next(ours)
        args = arguments.of_script(p.script_args, script)
        new = arguments.with_value(args, name, value)
        p.script_args = arguments.replaced(p.script_args, script, new)

    return apply
