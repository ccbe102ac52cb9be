"""What came back of a job, and what the probe kept of it inside the host."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image


@dataclass(frozen=True)
class Run:
    """What the probe kept of one run of the host."""

    folder: Path

    def stages(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def fields(self, stage: str) -> dict[str, Any]:
        return json.loads((self.folder / f"{stage}.json").read_text())

    def picture(self, stage: str, name: str) -> Image.Image:
        with Image.open(self.folder / f"{stage}-{name}.png") as image:
            image.load()
            return image

    def inits(self, stage: str) -> list[Image.Image]:
        return self._pictures(stage, "init")

    def overlays(self, stage: str = "batch-0") -> list[Image.Image]:
        return self._pictures(stage, "overlay")

    def _pictures(self, stage: str, kind: str) -> list[Image.Image]:
        names = sorted(path.stem for path in self.folder.glob(f"{stage}-{kind}-*.png"))
        return [self.picture(stage, name.removeprefix(f"{stage}-")) for name in names]

    @property
    def prepared(self) -> Image.Image:
        """The only init image that the host was handed."""
        (image,) = self.inits("process")
        return image


@dataclass(frozen=True)
class Answer:
    """What came back of one API call, and the runs that it caused."""

    status: int
    body: dict[str, Any]
    runs: list[Run]

    @cached_property
    def images(self) -> list[Image.Image]:
        sent = [io.BytesIO(base64.b64decode(image)) for image in self.body["images"]]
        return [Image.open(file) for file in sent]

    @property
    def infotext(self) -> str:
        return self.infotexts[0]

    @property
    def infotexts(self) -> list[str]:
        return json.loads(self.body["info"])["infotexts"]

    @property
    def our_keys(self) -> dict[str, str]:
        """The keys of ours in the infotext."""
        found = re.findall(r'(NeuralMaster[\w ]*): ("(?:\\.|[^"])*"|[^,\n]*)', self.infotext)
        return {key: json.loads(value) if value[:1] == '"' else value for key, value in found}

    @property
    def run(self) -> Run:
        (run,) = self.runs
        return run
