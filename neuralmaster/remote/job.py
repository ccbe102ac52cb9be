"""An img2img job as JSON: the one builder for whatever sends a job or shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from PIL import Image

from neuralmaster import files, images
from neuralmaster.params import FillParams

NAME = "NeuralMaster"  # of the script at the WebUI, whatever its case
SCRIPTS = "alwayson_scripts"
STEP = 8  # pixels: the sides of a result are multiples of this
OURS = ("init_images", "mask", "force_task_id")  # fields of a job that nobody else sets


def arguments_of(params: FillParams) -> dict[str, Any]:
    """The arguments of the script that fill just so, whatever the WebUI is set to."""
    return asdict(params)


def inpaint_job(
    image: Image.Image,
    mask: Image.Image,
    arguments: Mapping[str, Any] | None,
    fields: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON of an img2img job: Whole picture, in the image's size, without mask blur.

    image, mask: the init image and its two-channel mask; without arguments the prepared image
    and its inpaint mask, for Masked content at original, which every WebUI has.
    arguments: of the script NeuralMaster, by name; what they leave out is as the WebUI is set.
    fields: of /sdapi/v1/img2img, in place of the defaults or beside them; objects are merged.
    Raises ValueError for a field that would take the place of the image, the mask or the
    script's arguments.
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
            f"{SCRIPTS}.{NAME}: cannot be set, it holds the mask's arguments; they have options "
            "of their own, such as --method"
        )
    return scripts
