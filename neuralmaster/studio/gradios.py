"""What differs between gradio 3.41, 4.40 and later: the only room that knows."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import gradio as gr

FONTS = ["system-ui", "sans-serif"]  # gradio's own would be fetched from the network
IS_THREE = gr.__version__.startswith("3.")
_NO_PROGRESS = {"show_progress": "hidden"}


def on(event: Callable[..., Any], run: Callable[..., Any] | None = None, **more: Any) -> Any:
    """Listens to an event of a component. `js` is code for the page, run before `run`.

    Of events that come faster than they are handled, only the last is kept (gradio 3 handles
    them all). Nothing of it becomes an endpoint for API clients.
    """
    if "js" in more and IS_THREE:
        more["_js"] = more.pop("js")
    known = inspect.signature(event).parameters
    if "trigger_mode" in known and run is not None:
        more.setdefault("trigger_mode", "always_last")
    if "api_visibility" in known:
        more["api_visibility"] = "private"
    else:
        more["api_name"] = False
    return event(run, **_NO_PROGRESS, **more)


def update(**changes: Any) -> Any:
    """Changes to a component, as an event returns them."""
    return gr.update(**changes)


def blocks(**more: Any) -> gr.Blocks:
    """A page of its own."""
    known = inspect.signature(gr.Blocks.__init__).parameters
    options = {"title": "NeuralMaster studio", "analytics_enabled": False, **_look(), **more}
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
