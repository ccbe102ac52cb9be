"""Builds the JSON of an img2img job, for everything that sends or shows one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import Image

from neuralmaster import files, images

NAME = "NeuralMaster"  # of the script; WebUIs ignore its case
SCRIPTS = "alwayson_scripts"
STEP = 8  # pixels: sides of a result are multiples of this, the stride of the VAE
OURS = ("init_images", "mask", "force_task_id")  # fields that callers cannot set


def inpaint_job(
    image: Image.Image,
    mask: Image.Image,
    arguments: Mapping[str, Any] | None,
    fields: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON of an img2img job: Whole picture, at the image's size, without mask blur.

    image, mask: the init image and its two-channel mask; without arguments, the prepared image
    and its inpaint mask, for a job with Masked content at original, which every WebUI has.
    arguments: of the script NeuralMaster, by name; those missing follow the WebUI's settings.
    fields: of /sdapi/v1/img2img, which override or extend the defaults; scripts are merged.
    Raises ValueError for a field that would replace the image, the mask or the script's
    arguments.
    """
    fields = fields or {}
    for name in OURS:
        if name in fields:
            raise ValueError(f"{name}: cannot be set, it is made from the image and the mask")
    width, height = (max(STEP, round(side / STEP) * STEP) for side in image.size)
    job: dict[str, Any] = {
        "init_images": [files.in_base64(images.standard(image))],
        "mask": files.in_base64(images.standard(mask)),
        "width": width,
        "height": height,
        "inpainting_fill": 1,
        "inpaint_full_res": False,
        "mask_blur": 0,
    }
    if arguments is None:
        return {**job, **fields}
    others = _other_scripts(fields.get(SCRIPTS, {}))
    ours = {NAME: {"args": [{"enabled": True, **arguments}]}}
    return {**job, **fields, SCRIPTS: {**ours, **others}}


def _other_scripts(scripts: Any) -> Mapping[str, Any]:
    if not isinstance(scripts, Mapping):
        raise ValueError(f"{SCRIPTS}: expected an object of scripts, got {scripts!r:.40}")
    if NAME.lower() in {name.lower() for name in scripts}:
        raise ValueError(
            f"{SCRIPTS}.{NAME}: cannot be set; the script's arguments have options of their own, "
            "such as --method"
        )
    return scripts
