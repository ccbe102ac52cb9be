"""The page itself. gradio holds it and gives it its colours; the rest is HTML (markup.py) and
JavaScript, which is the same in every version of gradio."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import gradio as gr

from neuralmaster.studio import bundled, gradios, markup, server

HERE = Path(__file__).resolve().parent


def launch(port: int | None, *, browser: bool, hosts: Collection[str]) -> None:
    """See neuralmaster.studio.launch."""
    server.serve(alone(), port, browser=browser, hosts=hosts)


def alone() -> gr.Blocks:
    """The studio as a page of its own."""
    with gradios.blocks() as page:
        build(in_webui=False)
        gradios.on_load(page, f"() => {{\n{bundled.scripts()}\n}}")
    return page


def build(*, in_webui: bool) -> None:
    """See neuralmaster.studio.build."""
    place = "nm-in-webui" if in_webui else "nm-alone"
    style = (HERE / "studio.css").read_text(encoding="utf-8") + ("" if in_webui else _ALONE)
    with gr.Column(elem_id="neuralmaster_studio", elem_classes=place):
        gr.HTML(f"<style>{style}</style>{markup.page(in_webui=in_webui)}", elem_classes="nm-bare")


# Around the studio there is nothing else then: it may have the whole page.
_ALONE = """
footer { display: none !important; }
.gradio-container, .gradio-container > main { max-width: none !important; }
.gradio-container main, .gradio-container .main { padding: 10px 14px !important; }
@media (max-width: 700px) {
  .gradio-container, .gradio-container main, .gradio-container .main { padding: 4px !important; }
}
"""
