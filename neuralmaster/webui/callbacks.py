"""The callbacks of the host, registered whenever it loads its scripts."""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import FastAPI
from modules import paths, script_callbacks, scripts, shared

from neuralmaster.making.finders import models
from neuralmaster.webui import (
    hosts,
    infotext,
    masked_content,
    routes,
    settings,
    studio_tab,
    tabs,
    xyz,
)

log = logging.getLogger("neuralmaster")


def register() -> None:
    """Registers every callback. The host clears them on "Reload UI" and runs scripts again.

    In an unsupported WebUI nothing is registered, and the log says why.
    """
    _log_to_console()
    hosts.current.cache_clear()
    if hosts.current().unsupported:
        log.warning(hosts.current().unsupported)
        return
    if hosts.current().unknown:
        log.warning(hosts.current().unknown)
    models.use(shared.cmd_opts.neuralmaster_model)
    models.look_in(Path(paths.models_path) / "u2net")  # where sd-webui-rembg keeps them
    script_callbacks.on_ui_settings(settings.add_options)
    script_callbacks.on_after_component(tabs.capture)
    script_callbacks.on_after_component(masked_content.add_choice)
    script_callbacks.on_infotext_pasted(infotext.on_pasted)
    script_callbacks.on_before_ui(xyz.add_axes)
    script_callbacks.on_ui_tabs(studio_tab.tabs)
    script_callbacks.on_app_started(_on_app_started)


def _on_app_started(_: object, app: FastAPI) -> None:
    routes.add(app)
    masked_content.warn_of_the_original(data.path for data in scripts.scripts_data)


def _log_to_console() -> None:
    log.setLevel(logging.WARNING)  # a host may have set its root logger higher (Forge Neo)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("NeuralMaster: %(message)s"))
        log.addHandler(handler)
        log.propagate = False
