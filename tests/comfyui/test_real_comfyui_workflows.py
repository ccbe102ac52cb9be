"""The example workflows: what is in docs/comfyui runs, and makes what the command line makes."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from neuralmaster.cli import main
from tests.chromium import CHROMIUM
from tests.comfyui.page import Page
from tests.pictures import EXAMPLE, ROOT, pixels

FOLDER = ROOT / "docs" / "comfyui"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
RUN = [name for name in NAMES if name != "inpaint"]  # which needs a model


@pytest.fixture(scope="module", autouse=True)
def _pictures(comfyui):
    for path in (EXAMPLE / "image.png", EXAMPLE / "mask.png", FOLDER / "painted.png"):
        (comfyui.base / "input" / path.name).write_bytes(path.read_bytes())


@pytest.fixture(scope="module")
def page(comfyui, request):
    if not CHROMIUM.is_file():
        pytest.skip(f"needs {CHROMIUM}")
    with Page(comfyui, request.getfixturevalue("browser")) as opened:
        yield opened


def carried(name, key):
    with Image.open(FOLDER / f"{name}.png") as picture:
        held = json.loads(picture.text[key])
    if key == "prompt":
        for node in held.values():
            node.pop("is_changed", None)  # added by the server
    return held


def run(comfyui, name):
    prompt = carried(name, "prompt")
    (save,) = (key for key, node in prompt.items() if node["class_type"] == "SaveImage")
    return pixels(comfyui.run(prompt).pictures(save)[0])


@pytest.mark.parametrize("name", RUN)
def test_the_picture_is_what_its_own_workflow_makes(comfyui, name):
    with Image.open(FOLDER / f"{name}.png") as picture:
        difference = pixels(picture).astype(int) - run(comfyui, name)
        # the picture need not be made anew whenever a fill changes a little
        assert abs(difference).mean() < 1


@pytest.mark.parametrize("name", RUN)
def test_the_file_and_the_picture_hold_the_same_workflow(page, name):
    workflow = json.loads((FOLDER / f"{name}.json").read_text())
    nodes = [
        {(node["type"], json.dumps(node.get("widgets_values"))) for node in held["nodes"]}
        for held in (workflow, carried(name, "workflow"))
    ]
    assert nodes[0] == nodes[1]
    page.open(workflow)
    assert page.prompt() == carried(name, "prompt")


def test_nothing_but_the_model_is_missing_to_inpaint(comfyui, page):
    page.open(json.loads((FOLDER / "inpaint.json").read_text()))
    with pytest.raises(AssertionError) as refused:
        comfyui.run(page.prompt())
    wrong = json.loads(str(refused.value))["node_errors"]
    (errors,) = (node["errors"] for node in wrong.values())
    assert [error["extra_info"]["input_name"] for error in errors] == ["ckpt_name"]


def made(tmp_path, *command):
    assert main([*command, "-o", str(tmp_path / "made.png")]) == 0
    with Image.open(tmp_path / "made.png") as picture:
        return pixels(picture.convert("RGB"))


def painted(tmp_path):
    """The painted example as two files, for programs that want the mask by itself."""
    with Image.open(FOLDER / "painted.png") as picture:
        picture.convert("RGB").save(tmp_path / "image.png")
        picture.getchannel("A").point(lambda level: 255 - level).save(tmp_path / "red.png")
    return str(tmp_path / "image.png"), str(tmp_path / "red.png")


def test_fill_is_the_command_fill(comfyui, tmp_path):
    expected = made(tmp_path, "fill", str(EXAMPLE / "image.png"), str(EXAMPLE / "mask.png"))
    assert np.array_equal(run(comfyui, "fill"), expected)


def test_find_and_mask_are_the_commands_mask_and_fill(comfyui, tmp_path):
    image, red = painted(tmp_path)
    mask = made(tmp_path, "mask", "--image", image, "--inpaint", red, "--object", "auto")
    assert np.array_equal(run(comfyui, "mask"), mask)
    Image.fromarray(mask).save(tmp_path / "mask.png")
    expected = made(tmp_path, "fill", image, str(tmp_path / "mask.png"), "--feather", "24")
    assert np.array_equal(run(comfyui, "find"), expected)


def test_the_page_of_the_nodes_names_all_examples():
    text = (ROOT / "docs" / "comfyui.md").read_text()
    assert set(re.findall(r"\(comfyui/(\w+)\.json\)", text)) == set(NAMES)
