"""The page itself: what stands where, and what happens on which click."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import gradio as gr

from neuralmaster.making import presets
from neuralmaster.making.finders import FINDERS
from neuralmaster.params import Choice, specs
from neuralmaster.studio import (
    bundled,
    canvas,
    desk,
    events,
    gradios,
    output,
    server,
    sessions,
    view,
)
from neuralmaster.studio.tools import TOOLS

HERE = Path(__file__).resolve().parent

_LAYERS = [("Inpaint region", desk.INPAINT), ("Useful object", desk.SOURCE)]
_PRESETS = [
    ("Retexture a part", desk.RETEXTURE),
    ("Remove object", desk.REMOVE),
    ("Outpaint", desk.OUTPAINT),
]
_EDITS = [
    ("Grow", "grow"),
    ("Shrink", "shrink"),
    ("Fill holes", "holes"),
    ("Invert", "invert"),
    ("Clear", "clear"),
]


def launch(port: int | None, *, browser: bool, hosts: Collection[str]) -> None:
    """See neuralmaster.studio.launch."""
    server.serve(alone(), port, browser=browser, hosts=hosts)


def alone() -> gr.Blocks:
    """The studio as a page of its own."""
    with gradios.blocks() as page:
        build(in_webui=False)
    return page


def build(*, in_webui: bool) -> None:
    """See neuralmaster.studio.build."""
    _Page(in_webui)


class _Page:
    def __init__(self, in_webui: bool) -> None:
        place = "nm-in-webui" if in_webui else "nm-alone"
        with gr.Column(elem_id="neuralmaster_studio", elem_classes=place):
            style = (HERE / "studio.css").read_text() + ("" if in_webui else _ALONE)
            gr.HTML(f"<style>{style}</style>", elem_classes="nm-bare")
            self.session = gr.State(sessions.Session())
            self._top(in_webui)
            with gr.Row(elem_classes="nm-main"):
                with gr.Column(elem_classes="nm-half", min_width=320):
                    self._left()
                with gr.Column(elem_classes="nm-half", min_width=320):
                    self._right(in_webui)
            with gr.Row(elem_classes="nm-hidden"):
                self.sent = gr.Textbox(label="Strokes")
                self.draw = gr.Button("Draw", elem_id="nm_draw")
                self.name, self.file = gr.Textbox(label="File name"), gr.Textbox(label="File")
                self.opened = gr.Button("Opened", elem_id="nm_opened")
                self.uploaded = gr.Button("Uploaded", elem_id="nm_uploaded")
                self.payload = gr.Textbox(label="Payload", elem_id="nm_payload")
        self.shown = [self.pictures, self.said, self.extended]
        self._listen(in_webui)

    def _top(self, in_webui: bool) -> None:
        with gr.Row(elem_classes="nm-bar"):
            with gr.Row(elem_id="nm_open", elem_classes="nm-tight"):
                _file_button("Open a picture", "primary")
                self.example = gr.Button("Example", elem_id="nm_example", size="sm")
                if in_webui:
                    self.take = gr.Button("From img2img", elem_id="nm_take", size="sm")
            self.preset = _radio("nm_preset", _PRESETS, "What to do")

    def _left(self) -> None:
        with gr.Row(elem_classes="nm-bar"):
            self.layer = _radio("nm_layer", _LAYERS, "Layer")
            self.tool = _radio("nm_tool", [(tool.label, n) for n, tool in TOOLS.items()], "Tool")
        gr.HTML(canvas.HTML, elem_classes="nm-bare")
        self.pictures = gr.HTML("", elem_classes="nm-bare", elem_id="nm_pictures")
        with gr.Row(elem_classes="nm-bar nm-sliders"):
            self.brush = gr.Slider(
                1, 30, 16, step=0.5, label="Brush size, %", elem_id="nm_brush", interactive=True
            )
            self.feather = gr.Slider(
                0, 512, 0, step=1, label="Soft edge, pixels", elem_id="nm_feather", interactive=True
            )
            self.undo = gr.Button("Undo", elem_id="nm_undo", size="sm", min_width=60)
        with gr.Row(visible=False, elem_classes="nm-bar nm-sides") as self.sides_box:
            self.sides = [
                gr.Number(0, label=side.title(), precision=0, elem_id=f"nm_{side}", min_width=60)
                for side in presets.SIDES
            ]
            self.extend = gr.Button("Extend", elem_id="nm_extend", variant="primary", size="sm")
        with gr.Accordion("Find and shape the layer", open=False, elem_id="nm_more"):
            with gr.Row(elem_classes="nm-bar nm-buttons"):
                self.finders = {n: _button(f.label, f"nm_{n}") for n, f in FINDERS.items()}
                with gr.Row(elem_id="nm_upload", elem_classes="nm-tight"):
                    _file_button("Upload mask")
            with gr.Row(elem_classes="nm-bar nm-buttons"):
                self.edits = {name: _button(label, f"nm_{name}") for label, name in _EDITS}
                self.pixels = gr.Number(8, label="by pixels", elem_id="nm_pixels", min_width=60)

    def _right(self, in_webui: bool) -> None:
        method = specs()["method"]
        assert isinstance(method, Choice)
        with gr.Row(elem_classes="nm-bar"):
            names = [(name, name) for name in view.COMPARED]
            self.compared = _radio("nm_compared", names, "Compare with")
            self.method = _radio("nm_method", [(name, name) for name in method.names], "Fill")
        gr.HTML(_STAGE, elem_classes="nm-bare")
        self.said = gr.HTML(
            view.sentence(sessions.OPEN_FIRST), elem_classes="nm-bare", elem_id="nm_said"
        )
        with gr.Row(elem_classes="nm-bar nm-buttons"):
            if in_webui:
                self.send = _button("Send to Inpaint upload", "nm_send", "primary")
            variant = "secondary" if in_webui else "primary"
            self.mask = _button("Download mask", "nm_mask", variant)
            self.prepared = _button("Download prepared image", "nm_prepared")
            self.extended = _button("Download extended picture", "nm_extended", visible=False)
            self.copy = _button("Copy API JSON", "nm_copy")

    def _listen(self, in_webui: bool) -> None:
        controls = [*self.shown, self.layer, self.tool, self.feather, self.sides_box, self.method]
        session, compared = self.session, self.compared

        def step(event: Any, run: Callable[..., Any], *inputs: Any, shows: Any = None) -> None:
            gradios.on(event, run, inputs=[session, compared, *inputs], outputs=shows or self.shown)

        step(self.example.click, events.example, self.preset, shows=controls)
        step(self.preset.input, events.preset, self.preset, shows=controls)
        step(self.layer.input, events.layer, self.layer, shows=[self.tool, self.feather])
        step(self.feather.input, events.feather, self.layer, self.feather)
        step(self.compared.input, events.again)
        step(self.method.input, events.method, self.method)
        step(self.undo.click, events.undone)
        step(self.extend.click, events.extended, *self.sides)
        for name, button in self.finders.items():
            step(button.click, _with(events.found, name), self.layer)
        for name, button in self.edits.items():
            step(button.click, _with(events.edited, name), self.layer, self.pixels)
        for button, run, chosen, shows in (
            (self.opened, events.opened, self.preset, controls),
            (self.uploaded, events.uploaded, self.layer, self.shown),
        ):
            gradios.on(
                button.click, run,
                inputs=[session, compared, chosen, self.name, self.file], outputs=shows,
                js="(...given) => [...given.slice(0, 3), ...neuralmasterSession.file()]",
            )  # fmt: skip
        drawn = gradios.on(
            self.draw.click, events.drawn,
            inputs=[session, compared, self.sent], outputs=self.shown,
            js="(session, compared) => [session, compared, neuralmasterStudio.take()]",
        )  # fmt: skip
        gradios.on(drawn.then, js="() => neuralmasterStudio.done()")
        leave = [
            (self.mask, _with(events.leave, lambda d: output.download(d, output.MASK))),
            (self.prepared, _with(events.leave, lambda d: output.download(d, output.PREPARED))),
            (self.extended, _with(events.leave, lambda d: output.download(d, output.EXTENDED))),
            (self.copy, _with(events.leave, output.api_call)),
        ]
        if in_webui:
            leave.append((self.send, _with(events.leave, output.send)))
            gradios.on(self.take.click, js="() => neuralmasterStudio.takeFromImg2img()")
        for button, run in leave:
            left = gradios.on(
                button.click, run, inputs=[session], outputs=[self.payload, self.said]
            )
            gradios.on(
                left.then, inputs=[self.payload], js="(text) => neuralmasterStudio.leave(text)"
            )
        if not in_webui:
            page = gr.context.Context.root_block
            gradios.on(page.load, js=f"() => {{\n{bundled.scripts()}\n}}")


def _radio(elem_id: str, choices: list[tuple[str, str]], label: str) -> Any:
    return gr.Radio(
        choices=choices, value=choices[0][1], label=label, elem_id=elem_id, interactive=True
    )


def _file_button(label: str, variant: str = "secondary") -> None:
    """In a row whose elem_id says what it is for; the page's script does the rest."""
    gr.Button(label, variant=variant, size="sm")
    gr.HTML(canvas.FILES, elem_classes="nm-hidden")


def _button(label: str, elem_id: str, variant: str = "secondary", *, visible: bool = True) -> Any:
    return gr.Button(
        label, elem_id=elem_id, variant=variant, size="sm", min_width=60, visible=visible
    )


def _with(run: Callable[..., Any], first: Any) -> Callable[..., Any]:
    return lambda *given: run(first, *given)


# Around the studio there is nothing else then: it may have the whole page.
_ALONE = """
footer { display: none !important; }
.gradio-container, .gradio-container > main { max-width: none !important; }
.gradio-container main, .gradio-container .main { padding: 12px 16px !important; }
"""
_STAGE = """
<div id="nm_stage" style="--nm-cut: 50%">
  <div class="nm-after" role="img" aria-label="Filled by NeuralMaster"></div>
  <div class="nm-before" role="img" aria-label="What it is compared with"></div>
  <input type="range" min="0" max="100" value="50" aria-label="Before and after"
    oninput="this.parentNode.style.setProperty('--nm-cut', this.value + '%')">
</div>"""
