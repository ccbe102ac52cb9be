"""The host's modules/ui.py as far as its source is read; nothing runs it."""

import gradio as gr


def create_ui() -> None:
    gr.Radio(label="Masked content", choices=["fill"], type="index", elem_id="of_another_tab")
    gr.Radio(
        label="Masked content",
        choices=["fill", "original", "latent noise", "latent nothing"],
        value="original",
        type="index",
        elem_id="img2img_inpainting_fill",
    )
