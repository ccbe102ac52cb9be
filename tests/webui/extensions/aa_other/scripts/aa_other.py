"""Another masked-content extension: its choice, "Other", paints the whole init image cyan."""

from modules import script_callbacks, scripts
from PIL import Image

radios = []


def add_choice(component, **kwargs):
    if kwargs.get("elem_id") == "img2img_inpainting_fill":
        radios.append(component)
        component.choices.append(("Other", "Other"))


script_callbacks.on_after_component(add_choice)


class Other(scripts.Script):
    def title(self):
        return "Other"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return []

    def before_process(self, p):
        if p.inpainting_fill == radios[-1].choices.index(("Other", "Other")):
            p.inpainting_fill = 1
            p.init_images = [Image.new("RGB", p.init_images[0].size, (0, 255, 255))]
