"""What a person does to a desk, as the page sends it: one JSON object for each act.

An act names itself in "act"; the rest is what its function here takes. A page numbers its acts, so
that each is done once, however often it is sent, and a page can do all of them again on a new desk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from neuralmaster import files, images
from neuralmaster.masks import TwoChannelMask
from neuralmaster.studio import canvas
from neuralmaster.studio.desk import EDITS, INPAINT, LAYERS, Desk
from neuralmaster.studio.layer import Layer

log = logging.getLogger("neuralmaster")

PIXELS = 4096  # of an edit, at most

_UNKNOWN = "expected an act of the studio's page, got something else"


def done(desk: Desk, acts: Sequence[Any]) -> tuple[Desk, str]:
    """The desk after these acts, and a sentence about the last that was refused, or "".

    Whatever goes wrong in an act is one sentence, and leaves the desk as it was.
    """
    refused = ""
    for act in acts:
        try:
            desk = _done(desk, act)
        except Exception as error:  # whatever it is, the person's work stays
            refused = sentence(error)
    return desk, refused


def sentence(error: Exception) -> str:
    """What the person is told of an error."""
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for a picture of this size."
    log.error("The studio failed.", exc_info=error)
    return f"This failed, please report it: {error!r}"


def state(desk: Desk) -> dict[str, Any]:
    """What the page's controls show of a desk."""
    return {
        "preset": desk.preset,
        "params": desk.arguments(),
        "feather": {INPAINT: desk.inpaint.feather, "source": desk.source.feather},
        "undo": len(desk.past),
        "redo": len(desk.future),
        "is_extended": desk.opened.is_extended,
        "is_marked": desk.inpaint.is_marked,
    }


def saved(desk: Desk) -> dict[str, Any]:
    """The act that makes this desk, without its history, of one where its picture was opened."""
    marks = TwoChannelMask(desk.inpaint.plane, desk.source.plane).picture()
    layers = ((name, desk.inpaint if name == INPAINT else desk.source) for name in LAYERS)
    return {
        "act": "restore",
        "picture": files.data_url(marks),
        "layers": {name: [layer.feather, layer.is_auto] for name, layer in layers},
        "preset": desk.preset,
        "params": desk.arguments(),
    }


def _done(desk: Desk, act: Any) -> Desk:
    if not isinstance(act, Mapping):
        raise ValueError(_UNKNOWN)
    try:
        return ACTS[act["act"]](desk, act)
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(_UNKNOWN) from error


def _edited(desk: Desk, act: Mapping[str, Any]) -> Desk:
    pixels = float(act["pixels"] or 0)
    if act["edit"] not in EDITS or not 0 <= pixels <= PIXELS:
        raise ValueError(f"expected an edit by 0 to {PIXELS} pixels, got {pixels:g}")
    return desk.edited(act["layer"], act["edit"], pixels)


def _extended(desk: Desk, act: Mapping[str, Any]) -> Desk:
    left, upper, right, lower = (int(side or 0) for side in act["sides"])
    return desk.extended((left, upper, right, lower))


def _uploaded(desk: Desk, act: Mapping[str, Any]) -> Desk:
    return desk.uploaded(act["layer"], canvas.picture(act["name"], act["picture"])[0])


def _restored(desk: Desk, act: Mapping[str, Any]) -> Desk:
    marks = canvas.picture("the saved work", act["picture"])[0]
    if marks.size != desk.size or marks.mode != "RGB":
        raise ValueError("the saved work belongs to another picture")
    inpaint, source = (
        Layer(images.channel(marks, k), float(feather), bool(is_auto))
        for k, (feather, is_auto) in enumerate(act["layers"][name] for name in LAYERS)
    )
    restored = desk.with_preset(act["preset"]).with_params(**act["params"])
    return replace(restored, inpaint=inpaint, source=source, past=(), future=())


Act = Callable[[Desk, Mapping[str, Any]], Desk]
ACTS: dict[str, Act] = {
    "stroke": lambda desk, act: desk.drawn(canvas.stroke(act)),
    "undo": lambda desk, _: desk.undone(),
    "redo": lambda desk, _: desk.redone(),
    "preset": lambda desk, act: desk.with_preset(act["preset"]),
    "params": lambda desk, act: desk.with_params(**act["values"]),
    "feather": lambda desk, act: desk.with_feather(act["layer"], act["width"]),
    "find": lambda desk, act: desk.found_by(act["layer"], act["finder"]),
    "edit": _edited,
    "extend": _extended,
    "mask": _uploaded,
    "restore": _restored,
}
