"""A stand-in VAE whose decoder tints; its argument is the kind of tint, "" for none."""

import gradio as gr
import torch
from modules import scripts


def linear(picture):
    """Less contrast, and warmer."""
    shape = (1, 3, 1, 1)
    gain = picture.new_tensor([0.93, 0.97, 0.88]).reshape(shape)
    return picture * gain + picture.new_tensor([0.10, 0.02, -0.08]).reshape(shape)


def vertical(picture):
    """Redder above, bluer below."""
    down = torch.linspace(-0.12, 0.12, picture.shape[2]).to(picture)[None, None, :, None]
    return picture + down * picture.new_tensor([-1.0, 0.3, 1.0]).reshape(1, 3, 1, 1)


def colour(picture):
    """Most of it in the middle tones, none in black and white."""
    light = picture.mean(1, keepdim=True).clamp(-1, 1)
    return picture + 0.12 * (1 - light**2) * picture.new_tensor([1, -0.6, 0.4]).reshape(1, 3, 1, 1)


TINTS = {"linear": linear, "vertical": vertical, "colour": colour}


class Tints(scripts.Script):
    def title(self):
        return "Tints"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return [gr.Textbox(value="", visible=False)]

    def process(self, p, tint):
        forge = getattr(p.sd_model, "forge_objects", None)
        vae = forge.vae.first_stage_model if forge else p.sd_model.first_stage_model
        vars(vae).pop("decode", None)
        if tint:
            plain = vae.decode
            # the last half level is the stand-in's own, against the host's truncation
            vae.decode = lambda *args, **more: TINTS[tint](plain(*args, **more))
