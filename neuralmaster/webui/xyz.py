"""Axes for the host's X/Y/Z plot: Masked content, and every parameter of the fill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modules import scripts

from neuralmaster.params import Choice, specs
from neuralmaster.webui import arguments, masked_content

CONTENT = "Masked content"


def add_axes() -> None:
    """Called by the host before it makes its page; adds the axes once."""
    for data in scripts.scripts_data:
        if data.script_class.__module__ == "xyz_grid.py":
            known = {option.label for option in data.module.axis_options}
            for label, kind, apply, choices in _axes():
                if label not in known:
                    option = data.module.AxisOptionImg2Img(label, kind, apply, choices=choices)
                    data.module.axis_options.append(option)


def _axes() -> list[tuple[str, type, Callable[..., None], Callable[[], list[str]] | None]]:
    contents = (f"[{masked_content.NAME}] {CONTENT}", str, _set_content, masked_content.names)
    axes: list[Any] = [contents]
    for name, spec in specs().items():
        label = f"[{masked_content.NAME}] {spec.label}"
        if isinstance(spec, Choice):
            axes.append((label, str, _setter(name), lambda spec=spec: list(spec.names)))
        else:
            axes.append((label, float, _setter(name), None))
    return axes


def _set_content(p: Any, value: str, _: list[str]) -> None:
    p.inpainting_fill = masked_content.names().index(value)


def _setter(name: str) -> Callable[[Any, Any, list[Any]], None]:
    def apply(p: Any, value: Any, _: list[Any]) -> None:
        ours = (s for s in p.scripts.alwayson_scripts if s.title() == masked_content.NAME)
        script = next(ours)
        given = p.script_args[script.args_from : script.args_to]
        arguments.put(p, script, arguments.with_value(given, name, value))

    return apply
