"""Axes for the host's X/Y/Z plot: Masked content, and every parameter of the fill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from modules import scripts

from neuralmaster.params import Choice, specs
from neuralmaster.webui import arguments, masked_content

Axis = tuple[str, type, Callable[..., None], dict[str, Any]]


def add_axes() -> None:
    """Called by the host before it makes its page; adds the axes once."""
    for data in scripts.scripts_data:
        if data.script_class.__module__ == "xyz_grid.py":
            known = {option.label for option in data.module.axis_options}
            make = data.module.AxisOptionImg2Img
            data.module.axis_options += [
                make(f"[{masked_content.NAME}] {label}", kind, apply, **more)
                for label, kind, apply, more in _axes()
                if f"[{masked_content.NAME}] {label}" not in known
            ]


def _axes() -> list[Axis]:
    """Label, type of the values, what sets one, and how they are chosen and checked."""
    axes: list[Axis] = [("Masked content", str, _set_content, _among(masked_content.names))]
    for name, spec in specs().items():
        if isinstance(spec, Choice):
            axes.append((spec.label, str, _setter(name), _among(partial(getattr, spec, "names"))))
        else:
            axes.append((spec.label, float, _setter(name), {}))
    return axes


def _among(names: Callable[[], Sequence[str]]) -> dict[str, Any]:
    def confirm(_: Any, values: list[str]) -> None:
        """Called before the first picture is made."""
        for value in values:
            if value not in names():
                raise ValueError(f"expected one of {', '.join(names())}, got {value!r}")

    return {"choices": lambda: list(names()), "confirm": confirm}


def _set_content(p: Any, value: str, _: list[str]) -> None:
    p.inpainting_fill = masked_content.names().index(value)


def _setter(name: str) -> Callable[[Any, Any, list[Any]], None]:
    def apply(p: Any, value: Any, _: list[Any]) -> None:
        ours = (s for s in p.scripts.alwayson_scripts if s.title() == masked_content.NAME)
        script = next(ours)
        given = p.script_args[script.args_from : script.args_to]
        arguments.put(p, script, arguments.with_value(given, name, value))

    return apply
