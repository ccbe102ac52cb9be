"""Another extension asks for fills, in a real WebUI."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from neuralmaster import __version__
from tests.webui.real_host import WebUI, by_name, changed, needs_webui, same, same_result
from tests.webui.scene import IMAGE, MASK, RED

pytestmark = needs_webui


@pytest.fixture(scope="module")
def webui(tmp_path_factory):
    with WebUI(tmp_path_factory.mktemp("webui"), beside=("zz_asks",)) as running:
        yield running


def asked(**wish):
    return {"alwayson_scripts": {"Asks": {"args": [json.dumps(wish)]}}}


def told(webui):
    return json.loads((webui.data / "asked.json").read_text())


def test_a_job_is_filled_as_another_extension_asks(webui, command_line):
    answer = webui.img2img(IMAGE, MASK, **asked(method="mean", feather=24))
    prepared, red = command_line.fill(IMAGE, MASK, "--method", "mean", "--feather", "24")
    assert same(answer.run.prepared, prepared)
    assert same(answer.run.picture("process", "mask"), red)
    assert answer.our_keys["NeuralMaster method"] == "mean"
    facts = {"version": __version__, "index": webui.index}
    assert told(webui) == {**facts, "before": False, "after": True}


@pytest.mark.parametrize("by", ["index", "name", "nothing"])
def test_it_is_told_whether_a_job_is_filled(webui, by):
    job = {"index": {"inpainting_fill": webui.index}, "name": by_name(), "nothing": {}}[by]
    webui.img2img(IMAGE, MASK, **job)
    wanted = by != "nothing"
    assert (told(webui)["before"], told(webui)["after"]) == (wanted, wanted)


def test_what_cannot_be_asked_for_leaves_the_job_as_it_was(webui):
    answer = webui.img2img(IMAGE, RED, **asked(method="none"))
    assert answer.status == 200
    assert same(answer.run.prepared, IMAGE)
    assert answer.our_keys == {}
    assert "expected one of" in webui.log()


def test_a_job_inside_another_is_filled_though_its_scripts_lack_ours(webui):
    """What is inpainted inside a job is what the host has just sampled, before it is pasted."""
    outer = webui.img2img(IMAGE, MASK).images[0]
    filled = webui.img2img(IMAGE, MASK, **asked(inner=True, method="mean")).images[0]
    taken, made = (Image.open(webui.data / name) for name in ("before.png", "after.png"))
    alone = webui.img2img(taken, MASK, **by_name(method="mean")).images[0]
    assert same_result(made, alone)
    assert changed(made, taken, np.asarray(RED) > 200) > 1000
    assert changed(filled, outer, np.asarray(RED) > 200) > 1000
    assert changed(filled, outer, np.asarray(RED) == 0) == 0
