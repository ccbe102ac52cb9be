"""Keeps what the host has at hand while a job runs; its argument replaces the init image.

And what NeuralMaster, if it is there, has probed of the host.
"""

import dataclasses
import json
import sys
from pathlib import Path

import gradio as gr
from modules import script_callbacks, scripts
from modules.api.api import decode_base64_to_image

DATA = Path(__file__).absolute().parents[3]
RUNS = DATA / "runs"
FIELDS = (
    "inpainting_fill",
    "script_args",
    "override_settings",
    "extra_generation_params",
    "batch_size",
    "inpaint_full_res",
    "init_img_hash",
)


def keep_host(*_):
    hosts = sys.modules.get("neuralmaster.webui.hosts")
    if hosts:
        found = hosts.current()
        facts = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
        (DATA / "host.json").write_text(json.dumps(facts, default=repr))


script_callbacks.on_app_started(keep_host)


class Probe(scripts.Script):
    def title(self):
        return "Probe"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return [gr.Textbox(value="", visible=False)]

    def process(self, p, instead):
        self.folder = RUNS / f"{len(list(RUNS.iterdir())):05}"
        self.folder.mkdir()
        self.keep(p, "process")
        if instead:
            p.init_images = [decode_base64_to_image(instead)]

    def process_batch(self, p, *args, batch_number, **kwargs):
        self.keep(p, f"batch-{batch_number}")

    def postprocess(self, p, processed, *args):
        self.keep(p, "postprocess")

    def keep(self, p, stage):
        # by index: going through the init images of a refused job raises
        pictures = {f"init-{i}": p.init_images[i] for i in range(len(p.init_images))}
        for i, overlay in enumerate(p.overlay_images or ()):  # pairs in Forge Neo, with a setting
            paired = isinstance(overlay, tuple)
            pictures[f"overlay-{i}"] = overlay[0] if paired else overlay
        if p.image_mask is not None:
            pictures["mask"] = p.image_mask
        for name, picture in pictures.items():
            picture.save(self.folder / f"{stage}-{name}.png", compress_level=1)
        fields = {name: getattr(p, name) for name in FIELDS}
        ours = [s for s in p.scripts.alwayson_scripts if s.title() == "NeuralMaster"]
        fields["our_args"] = [list(p.script_args[s.args_from : s.args_to]) for s in ours]
        text = json.dumps(fields, default=repr)
        (self.folder / f"{stage}.json").write_text(text)
