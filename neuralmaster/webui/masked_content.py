"""The choice "NeuralMaster" in the host's Masked content."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from neuralmaster.webui import tabs

NAME = "NeuralMaster"
STOCK_CHOICES = ("fill", "original", "latent noise", "latent nothing")  # the host's own
ORIGINAL = STOCK_CHOICES.index("original")


def add_choice(component: Any, **kwargs: Any) -> None:
    """Called by the host after every component; adds the choice to the radios of Masked content.

    Does nothing if a choice of that name is there already: ours from before, or that of
    NeuralMaster 0.9.
    """
    if kwargs.get("elem_id") not in tabs.RADIOS or NAME in _names(component):
        return
    # gradio 3.41 and later hold (shown, value), older ones the value alone
    paired = any(isinstance(choice, (tuple, list)) for choice in component.choices)
    component.choices.append((NAME, NAME) if paired else NAME)


def index() -> int:
    """What `inpainting_fill` is when NeuralMaster is chosen, read from the radio as it is now.

    Without a page (--nowebui) there is no radio; then it is the place after the host's own. A
    radio that has lost the choice gives the place where it would be added.
    """
    known = names()
    return known.index(NAME) if NAME in known else len(known)


def names() -> list[str]:
    """All choices of Masked content, in the order of `inpainting_fill`."""
    return _names(radio()) if radio() else [*STOCK_CHOICES, NAME]


def radio() -> Any | None:
    """The radio of img2img, or None before the page is made."""
    return tabs.component(tabs.RADIOS[0])


def must_be_pasted_by_us() -> bool:
    """Whether this host leaves Masked content out when it pastes an infotext (before 1.8)."""
    return radio() is not None and importlib.util.find_spec("modules.infotext_utils") is None


def _names(component: Any) -> list[str]:
    return [c[0] if isinstance(c, (tuple, list)) else c for c in component.choices]


def warn_of_the_original(script_files: Iterable[str]) -> None:
    """Says so if NeuralMaster 0.9 is installed as well, by the files of the host's scripts."""
    if any(Path(file).name == "neuralmaster_inpainter.py" for file in script_files):
        logging.getLogger("neuralmaster").warning(
            "NeuralMaster 0.9 (neuralmaster_inpainter) is installed as well; both offer the same "
            "choice, and this one does the job. Switch the other off under Extensions."
        )
