"""A real ComfyUI, started and stopped by the tests: COMFYUI_DIR is its folder.

COMFYUI_PYTHON is the Python that runs it, by default that of venv/ in its folder. It runs on the
CPU with a data folder of its own, in which this checkout is the only custom node. No model is used.
"""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.pictures import ROOT

Prompt = dict[str, Any]  # node id to {"class_type": …, "inputs": {…}}, as ComfyUI's API takes it


class ComfyUI:
    """A running server."""

    def __init__(self, base: Path) -> None:
        folder = os.environ.get("COMFYUI_DIR")
        if not folder:
            pytest.skip("needs a ComfyUI: COMFYUI_DIR is its folder")
        self.folder = Path(folder)
        python = self.folder / "venv" / "bin" / "python"
        self.python = os.environ.get("COMFYUI_PYTHON") or str(python)
        self.base = base
        for name in ("custom_nodes", "input", "output", "temp", "user", "models"):
            (base / name).mkdir()
        (base / "custom_nodes" / "neuralmaster").symlink_to(ROOT)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> ComfyUI:
        self.log = self.base / "log.txt"
        command = [self.python, "main.py", "--cpu", "--disable-api-nodes"]
        command += ["--database-url", "sqlite:///:memory:"]
        command += ["--base-directory", str(self.base), "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT
            )
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                self.stats = self.get("/system_stats")
            except OSError:
                time.sleep(0.2)
            else:
                return self
        self.__exit__()
        raise AssertionError(self.log.read_text()[-4000:])

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def upload(self, picture: Image.Image | Path) -> str:
        """Puts a picture among ComfyUI's inputs; returns its name there."""
        name = f"{uuid.uuid4().hex}.png"
        if isinstance(picture, Path):
            (self.base / "input" / name).write_bytes(picture.read_bytes())
        else:
            picture.save(self.base / "input" / name)
        return name

    def run(self, prompt: Prompt) -> Run:
        """Runs a prompt to its end, well or not."""
        request = urllib.request.Request(
            f"{self.url}/prompt",
            json.dumps({"prompt": prompt}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                number = json.load(answer)["prompt_id"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error
        for _ in range(1200):
            history = self.get(f"/history/{number}")
            if number in history and history[number]["status"]["status_str"]:
                return Run(self, history[number])
            time.sleep(0.1)
        raise AssertionError(f"no end after two minutes: {prompt}")


class Run:
    """A prompt that has run."""

    def __init__(self, comfyui: ComfyUI, history: dict[str, Any]) -> None:
        self.comfyui, self.history = comfyui, history

    @property
    def error(self) -> dict[str, Any] | None:
        """What the page shows beside the node that is drawn red; None if all went well."""
        for kind, more in self.history["status"]["messages"]:
            if kind == "execution_error":
                return more
        return None

    def pictures(self, node: str) -> list[Image.Image]:
        """What a Save Image or Preview Image node wrote."""
        assert self.error is None, self.error
        found = []
        for entry in self.history["outputs"][node]["images"]:
            query = urllib.parse.urlencode(entry)
            with urllib.request.urlopen(f"{self.comfyui.url}/view?{query}", timeout=60) as answer:
                found.append(Image.open(io.BytesIO(answer.read())))
        return found

    def text(self, node: str) -> str:
        """What a Preview Any node shows."""
        assert self.error is None, self.error
        return self.history["outputs"][node]["text"][0]
