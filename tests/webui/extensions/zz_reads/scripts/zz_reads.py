"""Keeps what ControlNet reads of a job in `process`, and the order of the extensions."""

import json
from pathlib import Path

from modules import scripts
from PIL import Image

DATA = Path(__file__).absolute().parents[3]


class Reads(scripts.Script):
    def title(self):
        return "Reads"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return []

    def process(self, p):
        order = [script.title() for script in p.scripts.alwayson_scripts]
        (DATA / "order.json").write_text(json.dumps(order))
        (control,) = (s for s in p.scripts.alwayson_scripts if s.title() == "ControlNet")
        choose = type(control).choose_input_image
        unit = choose.__globals__["ControlNetUnit"](enabled=True, module="inpaint_only")
        read, _ = choose(p, unit, 0)
        Image.fromarray(read).save(DATA / "read.png")
