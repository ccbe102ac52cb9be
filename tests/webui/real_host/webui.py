"""A WebUI as a process: started, used over HTTP, observed from inside, and stopped.

A second extension, extensions/zz_probe, is installed and runs after ours. It keeps
what the host has at three stages of every run: `process` (what we hand over, before the host
takes it), `batch-0` (while sampling) and `postprocess` (after the run).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from tests.pictures import ROOT
from tests.webui import compatibility
from tests.webui.real_host.capabilities import RUN
from tests.webui.real_host.pictures import b64
from tests.webui.real_host.runs import Answer, Run

EXTENSIONS = ROOT / "tests" / "webui" / "extensions"  # that the tests bring
START_SECONDS = 300  # 10 on an idle machine
PROPS = "/neuralmaster_inpainter/get_props"
RADIO = "img2img_inpainting_fill"
STOCK = ("fill", "original", "latent noise", "latent nothing")


class WebUI:
    """A WebUI with this repository as an extension, from its start to the end of a `with`."""

    def __init__(
        self,
        data: Path,
        *flags: str,
        folder: str = "neuralmaster",
        api: bool = True,
        installed: Sequence[Path] = (),
        beside: Sequence[str] = (),
    ) -> None:
        """Takes an empty folder for the data, and the name of ours among the extensions.

        folder: "" for a host without ours. api: whether the host offers its own API. installed:
        folders of more extensions. beside: the names of those that the tests bring.
        """
        self.api, self.installed = api, installed
        self.data, self.flags, self.folder = data, flags, folder
        self.beside = ("zz_probe", *beside)
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self) -> WebUI:
        (self.data / "runs").mkdir()
        for name in self.beside:  # copies: some keep files beside their script
            shutil.copytree(EXTENSIONS / name, self.data / "extensions" / name)
        if self.folder:
            (self.data / "extensions" / self.folder).symlink_to(ROOT)
        for path in self.installed:
            (self.data / "extensions" / path.name).symlink_to(path)
        self.start()
        return self

    def start(self) -> None:
        """Starts it, also again after `kill`, on the same port."""
        variables = {"DATA_DIR": self.data, "PORT": self.port, "PYTHONDONTWRITEBYTECODE": 1}
        with (self.data / "log").open("wb") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", self._command(), RUN, *self.flags],
                env={**os.environ, **{name: str(value) for name, value in variables.items()}},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.wait()
            with suppress(urllib.error.HTTPError):  # there is no page, or it wants a login
                compatibility.seen["gradio"] = self.get("/config")["version"]
        except BaseException:
            self.kill()
            raise

    def _command(self) -> str:
        command = RUN.read_text()
        return command if self.api else command.replace(" --api ", " ")

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Ends it in the middle of whatever it does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, starts: int = 1) -> None:
        """Until it has started, or started so many times, and answers."""
        end = time.monotonic() + START_SECONDS
        while self.log().count("Startup time") < starts or not self._answers():
            assert self.process.poll() is None, f"the WebUI ended:\n{self.log()[-3000:]}"
            assert time.monotonic() < end, f"the WebUI does not start:\n{self.log()[-3000:]}"
            time.sleep(0.3)

    def _answers(self) -> bool:
        try:
            return self.get(PROPS if self.folder else "/internal/ping") is not None
        except OSError:
            return False

    def log(self) -> str:
        """What it wrote to its console; jobs begin after "Startup time"."""
        return (self.data / "log").read_text(errors="replace")

    def failures(self) -> list[str]:
        """The tracebacks in its console that go through our files, but for jobs that we refused.

        Hosts have others of their own: a page that is closed too soon, a size they cannot take.
        """
        tracebacks = self.log().split("Traceback (most recent call last)")[1:]
        ours = [text for text in tracebacks if re.search('File "[^"]*neuralmaster', text)]
        return [text for text in ours if "NeuralMasterError: " not in text]

    @property
    def host(self) -> dict[str, Any]:
        """What our extension has probed of it: the fields of neuralmaster.webui.hosts.Host."""
        return json.loads((self.data / "host.json").read_text())

    def get(self, path: str) -> Any:
        with self._opener.open(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The status and the answer; an error's too."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        try:
            with self._opener.open(request, timeout=600) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def img2img(self, images: Any, mask: Image.Image | None, **more: Any) -> Answer:
        """One inpaint job, by default of 512x512, Whole picture, mask blur 0, Original.

        images: one, or several of one call. At so little denoising the result shows the input.
        """
        images = images if isinstance(images, list) else [images]
        job = {
            "init_images": [b64(image) for image in images],
            "mask": mask and b64(mask),
            "prompt": "an apple",
            "steps": 4,
            "width": 512,
            "height": 512,
            "denoising_strength": 0.2,
            "inpainting_fill": 1,
            "inpaint_full_res": False,
            "mask_blur": 0,
            "seed": 1,
            "sampler_name": "Euler",
        }
        return self.send({**job, **more})

    def send(self, job: dict[str, Any]) -> Answer:
        before = self.runs()
        status, body = self.post("/sdapi/v1/img2img", job)
        if version := re.search(r'Version: ([^,"\\]+)', body.get("info", "")):
            compatibility.seen["version"] = version[1]
        return Answer(status, body, self.runs()[len(before) :])

    def runs(self) -> list[Run]:
        """All runs so far, in order."""
        return [Run(folder) for folder in sorted((self.data / "runs").iterdir())]

    @property
    def index(self) -> int:
        """The index of our choice in Masked content."""
        return self.get(PROPS)["menu_item_index"]

    def choices(self) -> list[str]:
        """What Masked content offers on the page."""
        return self.options(RADIO)

    def options(self, elem_id: str) -> list[str]:
        """What a component of the page offers to choose from."""
        components = self.get("/config")["components"]
        (component,) = (c for c in components if c["props"].get("elem_id") == elem_id)
        choices = component["props"]["choices"]
        return [choice if isinstance(choice, str) else choice[0] for choice in choices]

    def memory(self) -> int:
        """Its resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) // 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
