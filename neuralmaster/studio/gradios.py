"""What differs between gradio 3.41, 4.40 and later: the only room that knows."""

from __future__ import annotations

import inspect
from typing import Any

import gradio as gr

FONTS = ["system-ui", "sans-serif"]  # gradio's own would be fetched from the network
IS_THREE = gr.__version__.startswith("3.")


def on_load(page: gr.Blocks, js: str) -> None:
    """Runs a function of JavaScript when the page is there."""
    known = inspect.signature(page.load).parameters
    more = {"api_visibility": "private"} if "api_visibility" in known else {"api_name": False}
    page.load(None, **{"_js" if IS_THREE else "js": js}, **more)


def blocks(**more: Any) -> gr.Blocks:
    """A page of its own."""
    known = inspect.signature(gr.Blocks.__init__).parameters
    options = {
        "title": "NeuralMaster studio",
        "analytics_enabled": False,
        "fill_width": True,
        **_look(),
        **more,
    }
    return gr.Blocks(**{name: value for name, value in options.items() if name in known})


def mount(app: Any, page: gr.Blocks) -> None:
    """Makes a page the root of a FastAPI application."""
    known = inspect.signature(gr.mount_gradio_app).parameters
    options = {"ssr_mode": False, "mcp_server": False, "run_history": False, **_look()}
    given = {name: value for name, value in options.items() if name in known}
    gr.mount_gradio_app(app, page, "/", **given)


def _look() -> dict[str, Any]:
    """Belongs to the page up to gradio 5 and to its serving from 6 on."""
    theme = gr.themes.Default(font=FONTS, font_mono=["ui-monospace", "monospace"])
    return {"theme": theme}
