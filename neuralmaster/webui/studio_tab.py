"""The studio as a tab of the WebUI."""

from __future__ import annotations

import gradio as gr

from neuralmaster import studio
from neuralmaster.webui.masked_content import NAME


def tabs() -> list[tuple[object, str, str]]:
    """The result of the callback on_ui_tabs: the page, its title and the id of its tab."""
    with gr.Blocks(analytics_enabled=False) as page:
        studio.build(in_webui=True)
    return [(page, NAME, "neuralmaster_studio_tab")]
