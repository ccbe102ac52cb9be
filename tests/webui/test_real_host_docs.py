"""Every example of the pages that needs a running WebUI, run against a real one.

Python in a block `py`, shell in a block `bash`; `python` blocks need none and are run by
tests/test_docs.py. The examples of a page run one after the other in one folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from PIL import Image

from neuralmaster import files
from tests.pictures import ROOT, textured_scene
from tests.test_docs import PAGES
from tests.webui.real_host import WebUI, by_name, needs_webui, same, same_result

pytestmark = needs_webui

IMAGE, MASK = textured_scene(512, 512)
EXAMPLES = {page.name: re.findall(r"^```(bash|py)\n(.*?)^```", page.read_text(), re.M | re.S)
            for page in PAGES}  # fmt: skip
WITH_EXAMPLES = [name for name, examples in EXAMPLES.items() if examples]


@pytest.fixture
def run(webui, tmp_path):
    """Runs one example for this WebUI, beside the files that all of them take."""
    IMAGE.save(tmp_path / "photo.png")
    MASK.save(tmp_path / "mask.png")
    for folder in ("photos", "masks", "bin"):
        (tmp_path / folder).mkdir()
    for seed, name in enumerate("ab"):
        image, mask = textured_scene(128, 128, seed)
        image.save(tmp_path / "photos" / f"{name}.png")
        mask.save(tmp_path / "masks" / f"{name}.png")
    python = tmp_path / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W error "$@"\n')
    python.chmod(0o755)
    given = {
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'docs' / 'example'}",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }

    def go(language, example):
        program = {"bash": ["bash", "-euo", "pipefail", "-c"], "py": [sys.executable, "-c"]}
        done = subprocess.run(
            [*program[language], example.replace("7860", str(webui.port))],
            cwd=tmp_path, env={**os.environ, **given}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return go


@pytest.mark.parametrize("page", WITH_EXAMPLES)
def test_the_examples_of_a_page_run(webui, run, page):
    before = len(webui.log())
    for language, example in EXAMPLES[page]:
        run(language, example)
    assert "Traceback" not in webui.log()[before:]


def test_every_way_to_send_a_job_gives_one_picture(webui, run, tmp_path):
    made = []
    for language, example in EXAMPLES["api.md"][:4]:
        fixed = example.replace('"steps": 8', '"seed": 7, "steps": 8').replace(
            "steps=8", "steps=8, seed=7" if language == "py" else "steps=8 --set seed=7"
        )
        run(language, fixed)
        made.append(files.read(tmp_path / "made.png"))
    assert same_result(made[1], made[0])
    assert same_result(made[2], made[0])
    # webuiapi has a sampler, a size and a scale of its own by default
    assert made[3].size == made[0].size


def test_the_blender_client_gives_what_the_index_gives(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "example"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    from blender_client import Client, pixels_of, png  # noqa: PLC0415 - no package of ours

    IMAGE.save(tmp_path / "photo.png")
    MASK.save(tmp_path / "mask.png")
    red, green = pixels_of(str(tmp_path / "mask.png"))
    (tmp_path / "again.png").write_bytes(png(red, green))
    assert same(Image.open(tmp_path / "again.png"), MASK)
    settings = {
        "prompt": "an apple",
        "steps": 4,
        "denoising_strength": 0.2,
        "seed": 1,
        "sampler_name": "Euler",
    }
    (tmp_path / "data").mkdir()
    with WebUI(tmp_path / "data", "--api-auth", "ann:s3cret") as webui:
        client = Client(webui.url + "/", "ann:s3cret")
        assert Client(webui.url).index() == client.index() == 4
        with pytest.raises(OSError, match="401"):
            Client(webui.url).inpaint(b"", red, green)
        photo = (tmp_path / "photo.png").read_bytes()
        (tmp_path / "made.png").write_bytes(client.inpaint(photo, red, green, **settings))
        (run,) = webui.runs()
        by_index = run.prepared
    made = Image.open(tmp_path / "made.png")
    (tmp_path / "again").mkdir()
    with WebUI(tmp_path / "again") as webui:
        expected = webui.img2img(IMAGE, MASK, **by_name())
    assert same_result(made, expected.images[0])
    assert same(by_index, expected.run.prepared)
