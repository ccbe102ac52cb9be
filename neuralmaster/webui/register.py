"""What the host calls: registered anew whenever the host loads its scripts."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI
from modules import script_callbacks, scripts

from neuralmaster import __version__
from neuralmaster.webui import infotext, masked_content, studio_tab, xyz

log = logging.getLogger("neuralmaster")
GET_PROPS = "/neuralmaster_inpainter/get_props"  # the path that the Blender addon asks


def register() -> None:
    """Registers every callback. The host clears them on "Reload UI" and runs scripts again."""
    _log_to_console()
    script_callbacks.on_after_component(masked_content.add_choice)
    script_callbacks.on_infotext_pasted(infotext.on_pasted)
    script_callbacks.on_before_ui(xyz.add_axes)
    script_callbacks.on_ui_tabs(studio_tab.tabs)
    script_callbacks.on_app_started(_on_app_started)


def _on_app_started(_: Any, app: FastAPI) -> None:
    app.add_api_route(GET_PROPS, get_props, methods=["GET"])
    masked_content.warn_of_the_original(data.path for data in scripts.scripts_data)


def get_props() -> dict[str, Any]:
    """The version, and the index of the choice in Masked content, for clients that send it."""
    return {
        "version": __version__,
        "menu_item_name": masked_content.NAME,
        "menu_item_index": masked_content.index(),
    }


def _log_to_console() -> None:
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("NeuralMaster: %(message)s"))
        log.addHandler(handler)
        log.propagate = False
