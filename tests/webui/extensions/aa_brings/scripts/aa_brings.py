"""Gives Segment Anything what its page would: a picture, and its masks as files."""

from pathlib import Path

import gradio as gr
from modules import scripts
from modules.api.api import decode_base64_to_image


class Brings(scripts.Script):
    def title(self):
        return "Brings"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return [gr.Textbox(value="", visible=False), gr.Textbox(value="", visible=False)]

    def before_process(self, p, image, mask):
        if image:
            file = Path(__file__).with_name("mask.png")
            decode_base64_to_image(mask).save(file)
            (sam,) = (s for s in p.scripts.alwayson_scripts if s.title() == "Segment Anything")
            args = list(p.script_args)
            args[sam.args_from] = True
            args[sam.args_from + 3] = decode_base64_to_image(image)
            args[sam.args_from + 4] = [{"name": str(file)}] * 6
            args[sam.args_from + 5] = 0
            p.script_args = args
