"""The fill from the command line, which a job in the WebUI has to equal."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from PIL import Image

from tests.pictures import ROOT
from tests.webui.real_host.pictures import png


class CommandLine:
    """`python -m neuralmaster fill` by the WebUI's own Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[Any, tuple[Image.Image, Image.Image]] = {}

    def fill(
        self, image: Image.Image, mask: Image.Image, *options: str
    ) -> tuple[Image.Image, Image.Image]:
        """The prepared image and the mask for the WebUI."""
        call = (png(image), png(mask), options)
        if call not in self.made:
            self.made[call] = self._run(*call)
        return self.made[call]

    def _run(
        self, image: bytes, mask: bytes, options: tuple[str, ...]
    ) -> tuple[Image.Image, Image.Image]:
        names = ("image.png", "mask.png", "prepared.png", "red.png")
        image_at, mask_at, prepared_at, red_at = (self.folder / name for name in names)
        image_at.write_bytes(image)
        mask_at.write_bytes(mask)
        python, paths = os.environ["WEBUI_PYTHON"], (image_at, mask_at, "-o", prepared_at)
        subprocess.run(
            [python, "-m", "neuralmaster", "fill", *paths, "--mask-out", red_at, *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            check=True,
            capture_output=True,
        )
        return _loaded(prepared_at), _loaded(red_at)


def _loaded(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image
