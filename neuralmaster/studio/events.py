"""What happens on the page.

Every event gets the session and what is compared, and returns what the page shows: pictures,
sentence, and whether there is an extended picture to download. Whatever goes wrong is one sentence,
and the person's work stays as it was.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from PIL import Image

from neuralmaster import files
from neuralmaster.studio import bundled, canvas, desk, gradios, tools, view
from neuralmaster.studio.desk import Desk
from neuralmaster.studio.sessions import Session

log = logging.getLogger("neuralmaster")


def _shows(session: Session, current: Desk, compared: str) -> list[Any]:
    try:
        pictures, said = view.live(current, compared)
    finally:
        session.sessions.keep(session)  # what was made for the view lies on the desk as well
    key = f'<i id="nm_desk" data-key="{session.key}" hidden></i>'
    return [pictures + key, said, gradios.update(visible=current.opened.is_extended)]


def _told(error: Exception) -> str:
    if isinstance(error, ValueError):
        return view.sentence(str(error), "error")
    if isinstance(error, MemoryError):
        return view.sentence("There is not enough memory for a picture of this size.", "error")
    log.error("The studio failed.", exc_info=error)
    return view.sentence(f"This failed, please report it: {error!r}", "error")


def _step(session: Session, compared: str, step: Callable[[Desk], Desk]) -> list[Any]:
    try:
        return _shows(session, session.change(step), compared)
    except Exception as error:  # whatever it is, the person's work stays as it was
        return [gradios.update(), _told(error), gradios.update()]


def _controls(shown: list[Any], session: Session) -> list[Any]:
    """The controls as they suit the preset, after what `shown` shows."""
    current = session.desk
    if current is None:
        return [*shown, *[gradios.update()] * 5]
    tool = tools.BOX if current.preset == desk.REMOVE else tools.PAINT
    return [
        *shown,
        gradios.update(value=desk.INPAINT),
        gradios.update(value=tool),
        gradios.update(value=current.inpaint.feather),
        gradios.update(visible=current.preset == desk.OUTPAINT),
        gradios.update(value=current.method),
    ]


def _put(
    session: Session, compared: str, preset: str, read: Callable[[], tuple[Image.Image, str]]
) -> list[Any]:
    try:
        opened = session.put(Desk.open(*read(), preset))
        return _controls(_shows(session, opened, compared), session)
    except Exception as error:
        return [gradios.update(), _told(error), *[gradios.update()] * 6]


def opened(session: Session, compared: str, preset: str, name: str, sent: str) -> list[Any]:
    """A file was chosen, dropped or pasted."""
    return _put(session, compared, preset, lambda: canvas.picture(name, sent))


def example(session: Session, compared: str, preset: str) -> list[Any]:
    """The example is wanted."""
    read = partial(files.read, bundled.path(bundled.EXAMPLE))
    return _put(session, compared, preset, lambda: (read(), "example.png"))


def preset(session: Session, compared: str, preset: str) -> list[Any]:
    """Another job: its tools, and its object."""
    shown = _step(session, compared, lambda d: d.with_preset(preset))
    return _controls(shown, session)


def layer(session: Session, _: str, layer: str) -> list[Any]:
    """The other layer: the tool that suits it, and its soft edge. Nothing else changes."""
    current = session.desk
    chosen = current and (current.inpaint if layer == desk.INPAINT else current.source)
    feather = chosen.feather if chosen else 0
    # the region is painted, the object is mostly found
    return [
        gradios.update(value=tools.PAINT if layer == desk.INPAINT else tools.BOX),
        gradios.update(value=feather),
    ]


def feather(session: Session, compared: str, layer: str, width: float) -> list[Any]:
    """A softer or harder edge for a layer."""
    return _step(session, compared, lambda d: d.with_feather(layer, width))


def again(session: Session, compared: str) -> list[Any]:
    """The same desk, compared with something else."""
    return _step(session, compared, lambda d: d)


def method(session: Session, compared: str, method: str) -> list[Any]:
    """Another fill."""
    return _step(session, compared, lambda d: d.with_method(method))


def undone(session: Session, compared: str) -> list[Any]:
    """One step back."""
    return _step(session, compared, Desk.undone)


def extended(session: Session, compared: str, *sides: float | None) -> list[Any]:
    """A larger canvas."""

    def step(current: Desk) -> Desk:
        left, upper, right, lower = (int(side or 0) for side in sides)
        return current.extended((left, upper, right, lower))

    return _step(session, compared, step)


def uploaded(session: Session, compared: str, layer: str, name: str, sent: str) -> list[Any]:
    """A layer comes from a file; a two-channel mask gives both."""
    return _step(session, compared, lambda d: d.uploaded(layer, canvas.picture(name, sent)[0]))


def found(finder: str, session: Session, compared: str, layer: str) -> list[Any]:
    """A layer is found by a finder."""
    return _step(session, compared, lambda d: d.found_by(layer, finder))


def edited(edit: str, session: Session, compared: str, layer: str, pixels: float) -> list[Any]:
    """A layer is changed by one of desk.EDITS."""
    return _step(session, compared, lambda d: d.edited(layer, edit, float(pixels or 0)))


def drawn(session: Session, compared: str, sent: str) -> list[Any]:
    """Strokes came from the canvas."""

    def step(current: Desk) -> Desk:
        for stroke in canvas.strokes(sent):
            current = current.drawn(stroke)
        return current

    return _step(session, compared, step)


def leave(make: Callable[[Desk], dict[str, Any]], session: Session) -> list[Any]:
    """Something leaves the page: what `make` makes of the desk, as JSON, "" if it cannot be."""
    try:
        return [json.dumps(make(session.change(lambda d: d))), gradios.update()]
    except Exception as error:
        return ["", _told(error)]
