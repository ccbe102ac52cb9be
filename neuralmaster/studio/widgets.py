"""The HTML of single controls. By its elem_id the page's script and style know a control."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import Any

from neuralmaster.params import Colour, all_specs, built_in


def bar(*parts: str, elem_id: str = "", hidden: bool = False) -> str:
    """Controls in a line."""
    more = f'id="{elem_id}"' * bool(elem_id) + " hidden" * hidden
    return f'<div class="nm-bar" {more}>{"".join(parts)}</div>'


def group(*parts: str, label: str = "") -> str:
    """Controls that stay together."""
    about = f'role="group" aria-label="{label}"' if label else ""
    return f'<span class="nm-group" {about}>{"".join(parts)}</span>'


def fold(elem_id: str, title: str, *parts: str) -> str:
    """A part of the page that is folded."""
    content = "".join(parts)
    return (
        f'<details id="{elem_id}"><summary>{title}</summary>'
        f'<div class="nm-fold">{content}</div></details>'
    )


def button(elem_id: str, label: str, more: str = "", title: str = "") -> str:
    """A button. more: its classes; title: what it does, where its label is but a sign."""
    about = f'aria-label="{title}" title="{title}"' if title else ""
    return (
        f'<button type="button" id="{elem_id}" class="{more}" {about}>{html.escape(label)}</button>'
    )


def act(elem_id: str, label: str, *, disabled: bool = False, **what: Any) -> str:
    """A button for an act (acts.py); the page's script adds what other controls say."""
    return (
        f'<button type="button" id="{elem_id}" data-act="{html.escape(json.dumps(what))}"'
        f"{' disabled' * disabled}>{html.escape(label)}</button>"
    )


def file(elem_id: str, label: str, more: str = "") -> str:
    """A button that asks for a picture's file: the page's script opens the field behind it."""
    return (
        f'<span id="{elem_id}"><button type="button" class="{more}">{label}</button>'
        f'<input type="file" accept="image/*" aria-label="{label}" tabindex="-1" hidden></span>'
    )


def radio(
    elem_id: str, legend: str, choices: Iterable[tuple[str, str]], more: str = "", about: str = ""
) -> str:
    """A choice of one, the first to begin with. choices: values and labels."""
    labels = "".join(
        f'<label><input type="radio" name="{elem_id}" value="{html.escape(value)}"'
        f"{' checked' if not k else ''}><span>{html.escape(label)}</span></label>"
        for k, (value, label) in enumerate(choices)
    )
    return (
        f'<fieldset id="{elem_id}" class="{more}" {about}><legend>{html.escape(legend)}</legend>'
        f'<div class="nm-segments">{labels}</div></fieldset>'
    )


def slider(elem_id: str, label: str, most: int, value: int) -> str:
    """A number of pixels, by a slider whose ticks go to `most` or as a figure."""
    return (
        f'<div class="nm-slider" id="{elem_id}"><label for="{elem_id}_range">{label}</label>'
        f'<input type="range" id="{elem_id}_range" min="0" max="{most}" value="{value}">'
        f'<input type="number" id="{elem_id}_px" min="0" value="{value}" '
        f'aria-label="{label}, pixels"><span aria-hidden="true">px</span></div>'
    )


def number(elem_id: str, label: str, value: int, most: int) -> str:
    """A whole number from 0 to `most`."""
    return (
        f'<label id="{elem_id}">{label} <input type="number" value="{value}" min="0" '
        f'max="{most}" step="1"></label>'
    )


def param(name: str, title: str = "") -> str:
    """A control for a parameter, by the kind of its values. title: in place of its label."""
    spec = all_specs()[name]
    schema, default = spec.schema(), built_in()[name]
    label, kind = html.escape(title or spec.label), schema.get("type", "string")
    about = f'data-param="{name}" title="{html.escape(spec.help)}"'
    if "enum" in schema:
        choices = [(value, value) for value in schema["enum"]]
        return radio(f"nm_{name}", title or spec.label, choices, about=about)
    if kind in ("number", "integer"):
        low, high = schema.get("minimum", 0), schema.get("maximum", 2**31 - 1)
        step = getattr(spec, "step", 1)
        return (
            f'<label class="nm-wide" {about} data-kind="number">{label} <input type="range" '
            f'id="nm_{name}" min="{low:g}" max="{high:g}" step="{step:g}" value="{default:g}">'
            f"<output>{default:g}</output></label>"
        )
    field = f'id="nm_{name}" value="{html.escape(str(default))}"'
    if kind == "boolean":
        field = f'type="checkbox" id="nm_{name}"' + " checked" * default
    elif isinstance(spec, Colour):
        picked = f'<button type="button" data-pick="{name}">Pick from the picture</button>'
        field = f'type="color" {field}'
        return bar(f'<label {about} data-kind="{kind}">{label} <input {field}></label>', picked)
    return f'<label {about} data-kind="{kind}">{label} <input {field}></label>'
