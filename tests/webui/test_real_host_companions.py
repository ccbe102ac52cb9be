"""Beside extensions that people have installed as well, in a real WebUI.

COMPANIONS_DIR is a folder with checkouts of them; what they need has to be in the WebUI's Python,
or on PYTHONPATH.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from neuralmaster import FillParams, preprocess
from tests.pictures import ROOT, pixels, textured_scene
from tests.webui.real_host import WebUI, b64, by_name, changed, needs_webui, same

NAMES = ("sd-webui-controlnet", "adetailer", "sd-webui-segment-anything")
FOLDERS = [Path(os.environ.get("COMPANIONS_DIR", ""), name) for name in NAMES]

pytestmark = [
    needs_webui,
    pytest.mark.skipif(
        not all((folder / "scripts").is_dir() for folder in FOLDERS),
        reason=f"needs companions: set COMPANIONS_DIR to a folder with {', '.join(NAMES)}",
    ),
]

IMAGE, MASK = textured_scene(512, 512)
RED = MASK.getchannel(0)
data = pytest.importorskip("skimage.data", reason="needs a face, of scikit-image")


@pytest.fixture(scope="module")
def webui(tmp_path_factory):
    folder, ours = tmp_path_factory.mktemp("webui"), tmp_path_factory.mktemp("ours")
    installed = [*FOLDERS, documented(ours / "fill_faces")]
    with WebUI(folder, installed=installed, beside=("aa_brings", "zz_reads")) as running:
        yield running


def documented(folder):
    """The extension that docs/webui.md shows, in a folder."""
    page = (ROOT / "docs" / "webui.md").read_text(encoding="utf-8")
    script = re.search(r"\n((?:    .*\n|\n)*    class FillFaces.*\n(?:    .*\n|\n)*)", page)[1]
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts" / "fill_faces.py").write_text(textwrap.dedent(script))
    return folder


def test_beside_all_of_them_it_works_by_index_and_by_name(webui, command_line):
    listed = webui.get("/sdapi/v1/scripts")["img2img"]
    assert {"controlnet", "adetailer", "segment anything", "neuralmaster"} <= set(listed)
    prepared, red = command_line.fill(IMAGE, MASK)
    for job in ({"inpainting_fill": webui.index}, by_name()):
        answer = webui.img2img(IMAGE, MASK, **job)
        assert same(answer.run.prepared, prepared)
        assert same(answer.run.picture("process", "mask"), red)
        assert changed(answer.images[0], IMAGE, np.asarray(RED) == 0) == 0


def test_controlnet_reads_the_prepared_image_and_the_plain_mask(webui, command_line):
    webui.img2img(IMAGE, MASK, **by_name())
    read = Image.open(webui.data / "read.png")
    prepared, red = command_line.fill(IMAGE, MASK)
    assert same(read.convert("RGB"), prepared)
    assert same(read.getchannel("A"), red)


def test_segment_anything_goes_before_us_and_controlnet_behind(webui):
    webui.img2img(IMAGE, MASK, **by_name())
    order = json.loads((webui.data / "order.json").read_text())
    ours = order.index("NeuralMaster")
    assert order.index("Segment Anything") < ours < order.index("ControlNet")


def test_segment_anything_brings_image_and_mask_that_are_filled(webui, command_line):
    brought = ImageOps.mirror(IMAGE)
    for mine in ((IMAGE, MASK), (IMAGE, RED)):
        ours = by_name(source="all")
        ours["alwayson_scripts"]["Brings"] = {"args": [b64(brought), b64(RED)]}
        answer = webui.img2img(*mine, **ours)
        assert same(answer.run.prepared, command_line.fill(brought, RED, "--source", "all")[0])
        assert changed(answer.images[0], brought, np.asarray(RED) == 0) == 0


def test_adetailer_repaints_a_face_in_what_we_filled(webui, command_line):
    """After ours it runs a job of its own, without our hooks, then all hooks on a copy of ours."""
    face, over, ours = with_a_face()
    ours["alwayson_scripts"].update(by_name(source="all")["alwayson_scripts"])
    answer = webui.img2img(face, over, **ours)
    outer, hooks_again = answer.runs
    assert same(outer.prepared, command_line.fill(face, over, "--source", "all")[0])
    assert hooks_again.fields("process")["inpainting_fill"] == 1
    assert same(hooks_again.prepared, face)
    assert "ADetailer model: mediapipe_face_full" in answer.infotext
    assert "NeuralMaster: " in answer.infotext
    alone = webui.img2img(face, over, **by_name(source="all"))
    repainted = changed(answer.images[0], alone.images[0], np.ones((512, 512), bool))
    assert 100 < repainted < 512 * 512 / 8
    background = np.ones((512, 512), bool)
    background[:250, 120:340] = False
    assert changed(answer.images[0], face, background) == 0


def with_a_face():
    """A job whose face ADetailer repaints; on the face lies the mask, else it repaints none."""
    face = Image.fromarray(data.astronaut())
    over = Image.new("L", face.size)
    over.paste(255, (175, 70, 195, 85))
    detect = {"ad_model": "mediapipe_face_full", "ad_denoising_strength": 0.2}
    return face, over, {"alwayson_scripts": {"ADetailer": {"args": [True, False, detect]}}}


def test_adetailers_own_inpainting_is_filled_as_documented(webui):
    """The probe is let into its job too, which has kept the original image and the mask."""
    face, over, job = with_a_face()
    names = {"ad_script_names": "fill_faces,zz_probe"}
    assert webui.post("/sdapi/v1/options", names)[0] == 200
    answer = webui.img2img(face, over, **job)
    inner = answer.runs[1]
    keys = inner.fields("batch-0")["extra_generation_params"]
    assert keys["NeuralMaster source"] == "all"
    image, mask = inner.inits("batch-0")[0], inner.picture("batch-0", "mask")
    filled = preprocess(image, mask, FillParams(source="all")).image
    repainted = (np.asarray(mask) == 255) & (np.asarray(over) == 255)  # the rest is pasted over
    assert repainted.sum() > 200
    result = pixels(answer.images[0]).astype(int)
    far, near = (abs(result - pixels(one))[repainted].mean() for one in (image, filled))
    assert near < far / 3
    assert changed(answer.images[0], face, np.asarray(mask) == 0) == 0


def test_no_hook_has_failed_so_far(webui):
    _, _, jobs = webui.log().partition("Startup time")
    assert "*** Error" not in jobs
    assert "Traceback" not in jobs
