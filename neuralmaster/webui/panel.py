"""The panel "NeuralMaster" among the inpaint controls: the script's arguments, and a preview."""

from __future__ import annotations

from typing import Protocol

import gradio as gr
from PIL import Image

from neuralmaster import files
from neuralmaster.fills import FILLS
from neuralmaster.params import all_specs, applies, specs
from neuralmaster.webui import arguments, hosts, masked_content, preview, settings, tabs

_WITH_OPEN_TAB = "(_, ...more) => [get_tab_index('mode_img2img'), ...more]"


class Field(Protocol):
    """A component of gradio's, as far as the panel looks at it."""

    value: object
    visible: bool
    do_not_save_to_config: bool

    def change(self, *listener: object, **more: object) -> object:
        """Calls a listener whenever the value changes."""


def build() -> dict[str, Field]:
    """Makes the components of the arguments, by their names.

    On the page they show the defaults of the settings, and the panel previews the open tab.
    Elsewhere they are None: a job then follows the settings that it will have.
    """
    default = settings.defaults({})
    with gr.Accordion(masked_content.NAME, open=False, elem_id="neuralmaster"):
        made = {
            arguments.ENABLED: gr.Checkbox(value=False, label="Enabled", visible=False),
            arguments.OBJECT_MASK: gr.Textbox(value="", label="Object mask", visible=False),
            arguments.MASK: gr.Textbox(value="", label="Mask", visible=False),
        }
        for name in all_specs():
            made[name] = _component(name, default[name])
            if name == arguments.SOURCE and tabs.on_page():
                _add_upload(made)
        if tabs.on_page():
            _show_what_is_taken(made)
        if tabs.on_page():
            if tabs.loses_gradients():  # the host's own component: a job gets what it holds
                made[arguments.MASK] = tabs.component(hosts.MASK)
            _add_preview(made)
        else:
            for name in all_specs():
                made[name].value = None
    for component in made.values():
        # else the host would keep the first value for ever, and our settings would do nothing
        component.do_not_save_to_config = True
    return made


def _component(name: str, value: object) -> Field:
    spec = all_specs()[name]
    kind, more = settings.component(spec)
    explained = spec.help
    if name == arguments.SOURCE:
        more = {"choices": arguments.sources()}
        explained += f"; {arguments.UPLOAD}: by a picture of your own, the object in white"
    shown = {"label": spec.label, "value": value, "elem_id": f"neuralmaster_{name}"}
    made: Field = kind(info=explained, **more, **shown)
    return made


def _add_upload(made: dict[str, Field]) -> None:
    """An object mask to upload. A job gets it as text, as an API call sends it."""
    source = made[arguments.SOURCE]
    picture = gr.Image(
        label="Object mask: the useful object in white",
        type="pil",
        image_mode="RGBA",
        height=240,
        visible=source.value == arguments.UPLOAD,
        elem_id="neuralmaster_object_mask",
    )
    picture.change(_sendable, [picture], [made[arguments.OBJECT_MASK]], show_progress=False)
    source.change(_shown_for_upload, [source], [picture], show_progress=False)


def _sendable(picture: Image.Image | None) -> str:
    if picture is None:
        return ""
    return files.data_url(picture)


def _shown_for_upload(source: str) -> object:
    return gr.update(visible=source == arguments.UPLOAD)


def _show_what_is_taken(made: dict[str, Field]) -> None:
    """Shows parameters that only some fills take with these fills only."""
    method = made["method"]
    for name in specs():
        if all(applies(name, each) for each in FILLS):
            continue

        def shown(method: str, name: str = name) -> object:
            return gr.update(visible=applies(name, method))

        made[name].visible = applies(name, str(method.value))
        method.change(shown, [method], [made[name]], show_progress=False)


def _add_preview(made: dict[str, Field]) -> None:
    button = gr.Button("Preview", elem_id="neuralmaster_preview_button")
    shown = gr.HTML(elem_id="neuralmaster_preview")
    tab = gr.Number(value=-1, visible=False)
    tab.do_not_save_to_config = True
    held = tabs.shown()

    def show(tab: float, *values: object) -> str:
        given = values[len(held) :]
        return preview.html(int(tab), dict(zip(held, values, strict=False)), given)

    inputs = [tab, *held.values(), *(made[name] for name in arguments.NAMES)]
    button.click(show, inputs, [shown], show_progress=False, **{hosts.current().js: _WITH_OPEN_TAB})
