"""What leaves the studio: files to download, and the job for a WebUI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from neuralmaster import files
from neuralmaster.remote import job
from neuralmaster.studio.desk import Desk

MASK, PREPARED, EXTENDED = "mask", "prepared", "extended"
DENOISING_STRENGTH = 0.75  # the WebUI's own default


def download(desk: Desk, what: str) -> dict[str, Any]:
    """A PNG file for the page to save: mask, prepared image or extended picture."""
    picture = {
        MASK: lambda: desk.mask().picture(),
        PREPARED: lambda: desk.finished().image,
        EXTENDED: lambda: desk.opened.picture,
    }[what]()
    name = f"{Path(desk.opened.name).stem}-{what}.png"
    return {"action": "download", "name": name, "url": files.data_url(picture)}


def api_call(desk: Desk) -> dict[str, Any]:
    """The job as the text of a POST to /sdapi/v1/img2img, for the page to copy."""
    return {"action": "copy", "text": json.dumps(_job(desk), indent=1)}


def send(desk: Desk) -> dict[str, Any]:
    """The job for the WebUI's own Inpaint upload, and the parameters for its panel."""
    made = _job(desk)
    return {
        "action": "send",
        "image": made["init_images"][0],
        "mask": made["mask"],
        "width": made["width"],
        "height": made["height"],
        "params": job.arguments_of(desk.params),
    }


def _job(desk: Desk) -> dict[str, Any]:
    """What the live view shows: nothing is left to the settings of the WebUI."""
    fields = {"prompt": "", "denoising_strength": DENOISING_STRENGTH}
    arguments = job.arguments_of(desk.params)
    made = job.inpaint_job(desk.opened.picture, desk.mask().picture(), arguments, fields)
    made["init_images"] = [files.as_url(content) for content in made["init_images"]]
    return {**made, "mask": files.as_url(made["mask"])}
