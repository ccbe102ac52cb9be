"""Asks NeuralMaster for fills: of a job of its own inside another, or of the job that it is in.

Its argument is JSON: the arguments for the fill, and "inner" for a job of its own, in which the
result is inpainted once more, as ADetailer does it. What it takes and makes there is kept.
"""

import json
from pathlib import Path

import gradio as gr
from modules import processing, scripts

KEPT = Path(__file__).absolute().parents[3] / "asked.json"


class Asks(scripts.Script):
    def title(self):
        return "Asks"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return [gr.Textbox(value="", visible=False)]

    def before_process(self, p, wish):
        from neuralmaster.webui import external  # noqa: PLC0415 - as its documentation says

        self.wish = json.loads(wish) if wish else None
        told = {"version": external.version(), "index": external.index()}
        told["before"] = external.is_wanted(p)
        if self.wish and not self.wish.pop("inner", False):
            external.ask(p, **self.wish)
            self.wish = None
        told["after"] = external.is_wanted(p)
        KEPT.write_text(json.dumps(told))

    def postprocess_image(self, p, pp, *args):
        from neuralmaster.webui import external  # noqa: PLC0415

        if self.wish is None:
            return
        inner = processing.StableDiffusionProcessingImg2Img(
            init_images=[pp.image],
            mask=p.image_mask,
            inpainting_fill=1,
            mask_blur=0,
            inpaint_full_res=False,
            denoising_strength=0.2,
            steps=4,
            width=p.width,
            height=p.height,
            seed=1,
            sampler_name=p.sampler_name,
            do_not_save_samples=True,
            do_not_save_grid=True,
        )
        external.ask(inner, **self.wish)
        self.wish = None
        pp.image.save(KEPT.with_name("before.png"))
        pp.image = processing.process_images(inner).images[0]
        pp.image.save(KEPT.with_name("after.png"))
