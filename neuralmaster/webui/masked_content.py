"""The choice "NeuralMaster" in the host's Masked content."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from neuralmaster.webui import hosts, tabs
from neuralmaster.webui.hosts import Content

NAME = "NeuralMaster"


def add_choice(component: object, *, elem_id: str | None = None, **_: object) -> None:
    """Called by the host after every component; adds the choice if it is Masked content.

    Does nothing if there is a choice of that name already: ours, or that of NeuralMaster 0.9.
    """
    if elem_id not in hosts.RADIOS:
        return
    content = cast(Content, component)
    if NAME in _names(content):
        return
    # gradio 3.41 and later use pairs (label, value), older versions the value
    paired = any(not isinstance(choice, str) for choice in content.choices)
    content.choices.append((NAME, NAME) if paired else NAME)


def index() -> int:
    """The value of `inpainting_fill` for NeuralMaster, read from the current page.

    Without a page (--nowebui), or on one that has lost the choice, the index after the last
    choice.
    """
    known = names()
    return known.index(NAME) if NAME in known else len(known)


def names() -> list[str]:
    """All choices of Masked content, in the order of `inpainting_fill`."""
    shown = component()
    return _names(shown) if shown else [*hosts.current().choices, NAME]


def component() -> Content | None:
    """Masked content of img2img, or None before the page is built."""
    return cast(Content | None, tabs.component(hosts.RADIOS[0]))


def must_be_pasted_by_us() -> bool:
    """Whether the host does not paste Masked content from an infotext (A1111 before 1.8)."""
    return component() is not None and not hosts.current().pastes_content


def _names(component: Content) -> list[str]:
    return [c if isinstance(c, str) else c[0] for c in component.choices]


def warn_of_the_original(script_files: Iterable[str]) -> None:
    """Logs a warning if NeuralMaster 0.9 is among the host's scripts."""
    if any(Path(file).name == "neuralmaster_inpainter.py" for file in script_files):
        logging.getLogger("neuralmaster").warning(
            "NeuralMaster 0.9 (neuralmaster_inpainter) is installed as well; both offer the same "
            "choice, and this one does the job. Switch the other off under Extensions."
        )
