"""The command `img2img` in a working directory with image.png and mask.png, and what it sent."""

import base64
import io
from typing import Any

from PIL import Image

from neuralmaster.cli import main
from tests.fake_webui import FakeWebUI

SECRET = "ann:s3cret"
NOT_FOUND = (404, {"detail": "Not Found"})


def img2img(webui: FakeWebUI, *arguments: str, out: str = "out.png") -> int:
    output = ["-o", out] if out else []
    return main(["img2img", "image.png", "mask.png", "--url", webui.url, *output, *arguments])


def sent(job: dict[str, Any], name: str = "init_images") -> Image.Image:
    content = job[name][0] if name == "init_images" else job[name]
    return Image.open(io.BytesIO(base64.b64decode(content)))
