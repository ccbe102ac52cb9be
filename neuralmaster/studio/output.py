"""What leaves the studio: files to download, and the job as an API call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from neuralmaster import files
from neuralmaster.studio.desk import Desk

MASK, PREPARED, EXTENDED = "mask", "prepared", "extended"
DENOISING_STRENGTH = 0.75  # the WebUI's own default


def download(desk: Desk, what: str) -> dict[str, Any]:
    """A PNG file for the page to save: mask, prepared image or extended picture."""
    mask, prepared = desk.finished()
    picture = {MASK: mask, PREPARED: prepared.image, EXTENDED: desk.opened.picture}[what]
    name = f"{Path(desk.opened.name).stem}-{what}.png"
    return {"action": "download", "name": name, "url": files.data_url(picture)}


def api_call(desk: Desk) -> dict[str, Any]:
    """The job as the text of a POST to /sdapi/v1/img2img, for the page to copy."""
    mask, _ = desk.finished()
    width, height = desk.size
    job = {
        "prompt": "",
        "init_images": [files.data_url(desk.opened.picture)],
        "mask": files.data_url(mask),
        "width": width,
        "height": height,
        "inpaint_full_res": False,
        "mask_blur": 0,
        "denoising_strength": DENOISING_STRENGTH,
        "alwayson_scripts": {
            "NeuralMaster": {"args": [{"enabled": True, "method": desk.method}]},
        },
    }
    return {"action": "copy", "text": json.dumps(job, indent=1)}


def send(desk: Desk) -> dict[str, Any]:
    """The job for the WebUI's own Inpaint upload."""
    mask, _ = desk.finished()
    return {
        "action": "send",
        "image": files.data_url(desk.opened.picture),
        "mask": files.data_url(mask),
        "method": desk.method,
        "width": desk.size[0],
        "height": desk.size[1],
    }
