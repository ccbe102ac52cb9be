from typing import Any

from modules.scripts import ScriptRunner
from PIL import Image

class StableDiffusionProcessingImg2Img:
    """A job of img2img, `p`. An image or mask may be missing until an extension brings it."""

    init_images: list[Image.Image]
    image_mask: Image.Image | None
    inpainting_fill: int | None
    inpainting_mask_invert: int
    resize_mode: int
    batch_size: int
    seed: int
    subseed: int
    script_args: list[object] | tuple[object, ...]  # of all scripts of a job that has scripts
    scripts: ScriptRunner | None
    override_settings: dict[str, object]
    extra_generation_params: dict[str, object]
    # pictures; pairs of a picture and weights in Forge Neo, with a setting of its own
    overlay_images: list[Any] | None
    paste_to: tuple[int, int, int, int] | None  # left, upper, width, height
    batch_index: int
    init_img_hash: str | None
    mask_round: bool  # from A1111 1.8 on: ask Host.latent_rounding first
    def comment(self, text: str) -> None: ...

class Processed:
    images: list[Image.Image]
    index_of_first_image: int

def create_binary_mask(image: Image.Image) -> Image.Image: ...
def fix_seed(p: StableDiffusionProcessingImg2Img) -> None: ...
