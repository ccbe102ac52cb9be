"""What leaves the studio: files to download, and the job for a WebUI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from neuralmaster import files
from neuralmaster.params import applies
from neuralmaster.remote import job
from neuralmaster.studio.desk import Desk

MASK, PREPARED, EXTENDED = FILES = ("mask", "prepared", "extended")
JOB = "job"
DENOISING_STRENGTH = 0.75  # the WebUI's own default


def file(desk: Desk, what: str) -> tuple[str, bytes]:
    """The name and content of a PNG file: mask, prepared image or extended picture."""
    picture = {
        MASK: lambda: desk.mask().picture(),
        PREPARED: lambda: desk.finished().image,
        EXTENDED: lambda: desk.opened.picture,
    }[what]()
    name = f"{Path(desk.opened.name).stem}-{what}.png"
    return name, files.encoded(picture, Path(name))


def api_call(desk: Desk) -> dict[str, Any]:
    """text: the job for a POST to /sdapi/v1/img2img. send: what Inpaint upload and the panel get.

    Both are what the page shows: nothing is left to the settings of the WebUI. hidden: the
    parameters that the panel does not show with this method.
    """
    fields = {"prompt": "", "denoising_strength": DENOISING_STRENGTH}
    arguments = desk.arguments()
    made = job.inpaint_job(desk.opened.picture, desk.mask().picture(), arguments, fields)
    image, mask = (files.as_url(content) for content in (made["init_images"][0], made["mask"]))
    made |= {"init_images": [image], "mask": mask}
    sizes = {side: made[side] for side in ("width", "height")}
    send = {"image": image, "mask": mask, **sizes, "params": arguments}
    hidden = [name for name in arguments if not applies(name, desk.params.method)]
    return {"text": json.dumps(made, indent=1), "send": send, "hidden": hidden}
