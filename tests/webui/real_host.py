"""A real WebUI for tests: it is started, asked over its API, watched from inside, and stopped.

An extension of our own, the probe, lies beside us in its extensions folder and is asked after us.
It keeps what the host has at three stages of every run: `process` (what we hand over, before the
host takes it), `batch-0` (while sampling) and `postprocess` (after the run).
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.pictures import ROOT
from tests.webui import compatibility

NEEDED = ("WEBUI_DIR", "WEBUI_PYTHON", "STANDIN_DIR")
KIT = ROOT.parent / "shared" / "webui_kit" / "run.sh"
RUN = Path(os.environ.get("WEBUI_RUN", KIT))  # starts the host, as it says in docs/development.md
START_SECONDS = 300  # 10 on an idle machine
PROPS = "/neuralmaster_inpainter/get_props"
RADIO = "img2img_inpainting_fill"
STOCK = ("fill", "original", "latent noise", "latent nothing")


@dataclass(frozen=True)
class StandIn:
    """What a host's stand-in checkpoint makes of a job, where that is not the host's doing.

    softly_changed: unmasked pixels that Soft inpainting changes at least, of 512x512.
    soft_tolerance: how many more of them, since what is sampled differs with the fill.
    levels: by how much the result of one job differs from time to time, Original's too.
    """

    softly_changed: int = 1000
    soft_tolerance: int = 50
    levels: int = 0


# by the name of the file; standin15, of the forks, keeps the latents' distances at zero
STANDINS = {"standin.safetensors": StandIn(), "standin15.safetensors": StandIn(0, 0, 1)}
STANDIN = next(
    (s for name, s in STANDINS.items() if Path(os.environ.get("STANDIN_DIR", ""), name).is_file()),
    StandIn(),
)

needs_webui = pytest.mark.skipif(
    not all(os.environ.get(name) for name in NEEDED) or not RUN.is_file(),
    reason=f"needs an installed WebUI: set {', '.join(NEEDED)} and have {RUN}",
)


def _has(file: str, text: str = "") -> bool:
    """Whether the host has a file, and this text in it."""
    path = Path(os.environ.get("WEBUI_DIR", ""), file)
    return path.is_file() and text in path.read_text(encoding="utf-8")


def _needs(file: str, text: str, reason: str) -> pytest.MarkDecorator:
    lacks = "WEBUI_DIR" in os.environ and not _has(file, text)
    return pytest.mark.skipif(lacks, reason=f"this host {reason}")


SOFT_LATENTS = ("modules/processing.py", "mask_round")
KEEPS_GRADIENTS = _has(*SOFT_LATENTS)
# reForge's page says of every error in a job that 'NoneType' object is not iterable
MAIN_THREAD = "modules_forge/main_thread.py"
TELLS_ERRORS = not _has(MAIN_THREAD) or _has(MAIN_THREAD, "last_exception")
PASTES_CONTENT = _has("modules/infotext_utils.py")  # Masked content as well; A1111 from 1.8 on
SOFT_INPAINTING = "extensions-builtin/soft-inpainting/scripts/soft_inpainting.py"
needs_soft_inpainting = _needs(SOFT_INPAINTING, "", "has no Soft inpainting; A1111 from 1.8 on")
needs_infotext_in_api = _needs(
    "modules/api/api.py", "apply_infotext", "takes no infotext in its API; A1111 from 1.8 on"
)
needs_soft_latents = _needs(*SOFT_LATENTS, "always makes the latent mask hard; A1111 from 1.8 on")
needs_order = _needs(
    "modules/extensions.py", "metadata.ini", "orders extensions by name alone; A1111 from 1.7 on"
)
needs_named_jobs = _needs(
    "modules/api/models.py", "force_task_id", "cannot tell whose job it runs; A1111 from 1.8 on"
)
needs_script_info = _needs(
    "modules/scripts.py",
    "isinstance(x, tuple)",
    "fails to list scripts with choices, whosever they are; A1111 from 1.7 on",
)


def plot_arguments() -> list[str]:
    """The names of the X/Y/Z plot's script args, which differ from host to host."""
    script = Path(os.environ["WEBUI_DIR"], "scripts", "xyz_grid.py").read_text(encoding="utf-8")
    return re.split(r",\s*", re.search(r"return \[(x_type,[^\]]*)\]", script)[1].strip())


PROBE = '''
"""Keeps what the host has at hand while a job runs; its argument replaces the init image."""
import json
from pathlib import Path

import gradio as gr
from modules import scripts
from modules.api.api import decode_base64_to_image

RUNS = Path(__file__).absolute().parents[3] / "runs"
FIELDS = ("inpainting_fill", "script_args", "override_settings", "extra_generation_params",
          "batch_size", "inpaint_full_res", "init_img_hash")


class Probe(scripts.Script):
    def title(self):
        return "Probe"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return [gr.Textbox(value="", visible=False)]

    def process(self, p, instead):
        self.folder = RUNS / f"{len(list(RUNS.iterdir())):05}"
        self.folder.mkdir()
        self.keep(p, "process")
        if instead:
            p.init_images = [decode_base64_to_image(instead)]

    def process_batch(self, p, *args, batch_number, **kwargs):
        self.keep(p, f"batch-{batch_number}")

    def postprocess(self, p, processed, *args):
        self.keep(p, "postprocess")

    def keep(self, p, stage):
        # by index: going through the init images of a refused job raises
        pictures = {f"init-{i}": p.init_images[i] for i in range(len(p.init_images))}
        pictures |= {f"overlay-{i}": image for i, image in enumerate(p.overlay_images or ())}
        if p.image_mask is not None:
            pictures["mask"] = p.image_mask
        for name, picture in pictures.items():
            picture.save(self.folder / f"{stage}-{name}.png", compress_level=1)
        fields = {name: getattr(p, name) for name in FIELDS}
        ours = [s for s in p.scripts.alwayson_scripts if s.title() == "NeuralMaster"]
        fields["our_args"] = [list(p.script_args[s.args_from:s.args_to]) for s in ours]
        text = json.dumps(fields, default=repr)
        (self.folder / f"{stage}.json").write_text(text)
'''

OTHER = '''
"""Another masked-content extension: its choice, "Other", paints the whole init image cyan."""
from modules import script_callbacks, scripts
from PIL import Image

radios = []


def add_choice(component, **kwargs):
    if kwargs.get("elem_id") == "img2img_inpainting_fill":
        radios.append(component)
        component.choices.append(("Other", "Other"))


script_callbacks.on_after_component(add_choice)


class Other(scripts.Script):
    def title(self):
        return "Other"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return []

    def before_process(self, p):
        if p.inpainting_fill == radios[-1].choices.index(("Other", "Other")):
            p.inpainting_fill = 1
            p.init_images = [Image.new("RGB", p.init_images[0].size, (0, 255, 255))]
'''

NEURALMASTER_0_9 = '''
"""A stand-in for NeuralMaster 0.9: the same choice; it paints the whole init image cyan."""
from modules import script_callbacks, scripts
from PIL import Image

radios = []


def add_choice(component, **kwargs):
    if kwargs.get("elem_id") == "img2img_inpainting_fill":
        radios.append(component)
        if ("NeuralMaster", "NeuralMaster") not in component.choices:
            component.choices.append(("NeuralMaster", "NeuralMaster"))


script_callbacks.on_after_component(add_choice)


class NeuralMaster09(scripts.Script):
    def title(self):
        return "NeuralMaster Inpainter"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img):
        return []

    def before_process(self, p):
        if p.inpainting_fill == radios[-1].choices.index(("NeuralMaster", "NeuralMaster")):
            p.inpainting_fill = 1
            p.init_images = [Image.new("RGB", p.init_images[0].size, (0, 255, 255))]
'''


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def b64(image: Image.Image) -> str:
    return base64.b64encode(png(image)).decode()


def same(one: Image.Image, other: Image.Image) -> bool:
    return (one.mode, one.size, one.tobytes()) == (other.mode, other.size, other.tobytes())


def same_result(one: Image.Image, other: Image.Image) -> bool:
    """Whether two results are of one job, as far as the stand-in lets one tell."""
    if (one.mode, one.size) != (other.mode, other.size):
        return False
    differ = np.asarray(one).astype(int) - np.asarray(other)
    return int(abs(differ).max()) <= STANDIN.levels


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


class WebUI:
    """A WebUI with this repository as an extension, from its start to the end of a `with`."""

    def __init__(
        self,
        data: Path,
        *flags: str,
        folder: str = "neuralmaster",
        api: bool = True,
        installed: Sequence[Path] = (),
        **others: str,
    ) -> None:
        """Takes an empty folder for the data, and the name of ours among the extensions.

        folder: "" for a host without ours. api: whether the host offers its own API. installed:
        folders of more extensions. others: more of them, the text of a script by folder name.
        """
        self.api, self.installed = api, installed
        self.data, self.flags, self.folder = data, flags, folder
        self.extensions = {"zz_probe": PROBE, **others}
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self) -> WebUI:
        (self.data / "runs").mkdir()
        for name, text in self.extensions.items():
            folder = self.data / "extensions" / name / "scripts"
            folder.mkdir(parents=True)
            (folder / f"{name}.py").write_text(text)
        if self.folder:
            (self.data / "extensions" / self.folder).symlink_to(ROOT)
        for path in self.installed:
            (self.data / "extensions" / path.name).symlink_to(path)
        self.start()
        return self

    def start(self) -> None:
        """Starts it, also again after `kill`, on the same port."""
        given = {"DATA_DIR": self.data, "PORT": self.port, "PYTHONDONTWRITEBYTECODE": 1}
        with (self.data / "log").open("wb") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", self._command(), RUN, *self.flags],
                env={**os.environ, **{name: str(value) for name, value in given.items()}},
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
        ours = [told for told in tracebacks if re.search('File "[^"]*neuralmaster', told)]
        return [told for told in ours if "NeuralMasterError: " not in told]

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


def by_name(**arguments: Any) -> dict[str, Any]:
    """The part of a job that asks for NeuralMaster by its name."""
    return {"alwayson_scripts": {"NeuralMaster": {"args": [arguments]}}}


def by_position(*arguments: Any) -> dict[str, Any]:
    return {"alwayson_scripts": {"NeuralMaster": {"args": list(arguments)}}}


class CommandLine:
    """`python -m neuralmaster fill` by the WebUI's own Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[Any, tuple[Image.Image, Image.Image]] = {}

    def fill(
        self, image: Image.Image, mask: Image.Image, *options: str
    ) -> tuple[Image.Image, Image.Image]:
        """The prepared image and the mask for the WebUI."""
        given = (png(image), png(mask), options)
        if given not in self.made:
            self.made[given] = self._run(*given)
        return self.made[given]

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


def changed(one: Image.Image, other: Image.Image, where: np.ndarray) -> int:
    """How many of the pixels of an HxW selection differ in any channel."""
    differ = (np.asarray(one) != np.asarray(other)).any(axis=-1)
    return int((differ & where).sum())
