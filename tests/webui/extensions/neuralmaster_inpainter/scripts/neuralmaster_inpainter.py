"""A stand-in for NeuralMaster 0.9: the same choice; it paints the whole init image cyan."""

from modules import script_callbacks, scripts
from PIL import Image

radios = []


def add_choice(component, **kwargs):
    if kwargs.get("elem_id") == "img2img_inpainting_fill":
        radios.append(component)
        if ("NeuralMaster", "NeuralMaster") not in component.choices:
            component.choices.append(("NeuralMaster", "NeuralMaster"))


script_callbacks.on_after_component(add_choice)


class NeuralMaster09(scripts.Script):
    def title(self):
        return "NeuralMaster Inpainter"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return []

    def before_process(self, p):
        if p.inpainting_fill == radios[-1].choices.index(("NeuralMaster", "NeuralMaster")):
            p.inpainting_fill = 1
            p.init_images = [Image.new("RGB", p.init_images[0].size, (0, 255, 255))]
