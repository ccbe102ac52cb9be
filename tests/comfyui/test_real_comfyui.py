"""The nodes in a real ComfyUI, through its API: what they save is what the command line writes."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster.cli import main
from neuralmaster.fills import FILLS
from neuralmaster.making.finders import FINDERS
from neuralmaster.params import specs
from tests.comfyui.prompts import filled, node
from tests.pictures import EXAMPLE, pixels, textured_scene, two_channel

JOBS = [
    *({"method": name} for name in FILLS),
    {"feather": 9.0},
    {"grain": 0.7, "seed": 5},
    {"source": "all"},
]


def by_command_line(tmp_path, image, mask, *options):
    paths = [str(tmp_path / name) for name in ("image.png", "mask.png", "out.png", "red.png")]
    image.save(paths[0])
    mask.save(paths[1])
    assert main(["fill", *paths[:2], "-o", paths[2], "--mask-out", paths[3], *options]) == 0
    with Image.open(paths[2]) as out, Image.open(paths[3]) as red:
        return pixels(out), pixels(red)


def test_all_nodes_are_there_with_what_their_users_see(comfyui):
    known = comfyui.get("/object_info")
    ours = {name: info for name, info in known.items() if info["category"] == "NeuralMaster"}
    labels = {name: info["display_name"] for name, info in ours.items()}
    assert labels["NeuralMasterFill"] == "NeuralMaster Fill"
    assert labels["NeuralMasterMatch"] == "Match Colours"
    assert labels["NeuralMasterFindObject"] == "Find Object"
    assert labels["NeuralMasterComposeMask"] == "Compose Two-Channel Mask"
    assert labels["NeuralMasterSplitMask"] == "Split Two-Channel Mask"
    for info in ours.values():
        assert info["python_module"] == "custom_nodes.neuralmaster"
        assert info["description"]
        assert len(info["output_tooltips"]) == len(info["output"])
        for inputs in (info["input"]["required"], info["input"].get("optional", {})):
            assert all(more["tooltip"] for _, more in inputs.values())
    order = ours["NeuralMasterFill"]["input_order"]["required"]
    assert order[:7] == ["image", "inpaint_mask", "method", "source", "feather", "grain", "seed"]
    assert set(order[2:]) == {*specs(), "seed"}
    assert ours["NeuralMasterFindObject"]["input"]["required"]["finder"][0] == list(FINDERS)


def test_it_loads_without_a_word_of_complaint(comfyui):
    log = comfyui.log.read_text()
    times = log.partition("Import times for custom nodes:")[2].splitlines()
    (line,) = [line for line in times if "custom_nodes/neuralmaster" in line]
    assert "FAILED" not in line
    assert "Cannot import " + line.rpartition(": ")[2] not in log


@pytest.mark.parametrize("job", JOBS, ids=str)
def test_the_example_is_filled_as_by_the_command_line(comfyui, tmp_path, job):
    with Image.open(EXAMPLE / "image.png") as image, Image.open(EXAMPLE / "mask.png") as mask:
        options = [f"--{name}={value}" for name, value in job.items()]
        out, red = by_command_line(tmp_path, image, mask, *options)
    run = comfyui.run(
        filled(comfyui.upload(EXAMPLE / "image.png"), comfyui.upload(EXAMPLE / "mask.png"), **job)
    )
    (saved,), (saved_red,) = run.pictures("save"), run.pictures("save red")
    assert np.array_equal(pixels(saved), out)
    assert np.array_equal(pixels(saved_red), np.dstack([red] * 3))
    assert run.text("note") == ""


def test_a_batch_is_filled_picture_by_picture(comfyui, tmp_path):
    scenes = [textured_scene(96, 64, seed) for seed in range(2)]
    expected = [by_command_line(tmp_path, *scene)[0] for scene in scenes]
    prompt = filled(comfyui.upload(scenes[0][0]), comfyui.upload(scenes[0][1]))
    prompt["image 2"] = node("LoadImage", image=comfyui.upload(scenes[1][0]))
    prompt["both"] = node("ImageBatch", image1=("image", 0), image2=("image 2", 0))
    prompt["fill"]["inputs"]["image"] = ["both", 0]
    saved = comfyui.run(prompt).pictures("save")
    assert [np.array_equal(pixels(a), b) for a, b in zip(saved, expected, strict=True)] == [
        True
    ] * 2


def test_without_an_object_mask_the_object_is_found(comfyui, tmp_path):
    image, mask = textured_scene(96, 64)
    red = mask.getchannel("R")
    expected, _ = by_command_line(tmp_path, image, red, "--source", "auto")
    prompt = filled(comfyui.upload(image), comfyui.upload(mask), source="auto")
    del prompt["fill"]["inputs"]["object_mask"]
    run = comfyui.run(prompt)
    assert np.array_equal(pixels(run.pictures("save")[0]), expected)
    assert run.text("note").startswith("The useful object was found by ")


def test_an_image_that_stays_as_it_is_says_why(comfyui):
    image, mask = textured_scene(96, 64)
    matching = two_channel(pixels(mask)[..., 0], pixels(mask)[..., 0])
    run = comfyui.run(filled(comfyui.upload(image), comfyui.upload(matching)))
    assert np.array_equal(pixels(run.pictures("save")[0]), pixels(image))
    assert run.text("note").startswith("Original is used: the mask's red and green channels match")


def test_bad_input_is_a_red_node_with_one_sentence(comfyui):
    image, mask = textured_scene(96, 64)
    prompt = filled(comfyui.upload(image), comfyui.upload(mask))
    prompt["masks"] = node("RepeatImageBatch", image=("mask", 0), amount=2)
    prompt["three"] = node("RepeatImageBatch", image=("image", 0), amount=3)
    prompt["fill"]["inputs"]["image"] = ["three", 0]
    prompt["split"]["inputs"]["mask"] = ["masks", 0]
    error = comfyui.run(prompt).error
    assert (error["node_id"], error["node_type"]) == ("fill", "NeuralMasterFill")
    assert error["exception_message"].strip() == "mask: expected 1 or 3 of them, got 2"


def test_a_finder_without_anything_to_find_by_is_a_red_node(comfyui):
    image, _ = textured_scene(96, 64)
    prompt = {
        "image": node("LoadImage", image=comfyui.upload(image)),
        "find": node("NeuralMasterFindObject", image=("image", 0), finder="alpha"),
        "save": node("MaskPreview", mask=("find", 0)),
    }
    error = comfyui.run(prompt).error
    assert error["node_id"] == "find"
    with pytest.raises(ValueError) as expected:
        FINDERS["alpha"](image)
    assert error["exception_message"].strip() == str(expected.value)


def test_a_found_object_and_a_composed_mask_are_those_of_the_command_line(comfyui, tmp_path):
    image, mask = textured_scene(96, 64)
    paths = [str(tmp_path / name) for name in ("image.png", "red.png", "mask.png")]
    image.save(paths[0])
    mask.getchannel("R").save(paths[1])
    made = ["--image", paths[0], "--inpaint", paths[1], "--object", "auto", "-o", paths[2]]
    assert main(["mask", *made]) == 0
    red = comfyui.upload(mask.getchannel("R").convert("RGB"))
    prompt = {
        "image": node("LoadImage", image=comfyui.upload(image)),
        "red": node("LoadImageMask", image=red, channel="red"),
        "find": node("NeuralMasterFindObject", image=("image", 0), finder="auto"),
        "compose": node(
            "NeuralMasterComposeMask", inpaint_mask=("red", 0), object_mask=("find", 0)
        ),
        "save": node("SaveImage", images=("compose", 0), filename_prefix="mask"),
    }
    with Image.open(paths[2]) as expected:
        assert np.array_equal(pixels(comfyui.run(prompt).pictures("save")[0]), pixels(expected))


@pytest.mark.parametrize("match", ["seam", "object"])
def test_a_result_is_matched_as_by_the_command_line(comfyui, tmp_path, match):
    image, mask = textured_scene(96, 64)
    result = image.point(lambda level: min(255, level + 12))
    paths = [str(tmp_path / name) for name in ("image.png", "result.png", "mask.png", "out.png")]
    for picture, path in zip((image, result, mask), paths, strict=False):
        picture.save(path)
    assert main(["match", *paths[:3], "-o", paths[3], "--match", match]) == 0
    prompt = {
        "image": node("LoadImage", image=comfyui.upload(image)),
        "result": node("LoadImage", image=comfyui.upload(result)),
        "mask": node("LoadImage", image=comfyui.upload(mask)),
        "split": node("NeuralMasterSplitMask", mask=("mask", 0)),
        "save": node("SaveImage", images=("match", 0), filename_prefix="matched"),
        "match": node(
            "NeuralMasterMatch",
            image=("image", 0),
            result=("result", 0),
            inpaint_mask=("split", 0),
            object_mask=("split", 1),
            match=match,
            match_strength=1.0,
        ),
    }
    with Image.open(paths[3]) as expected:
        assert np.array_equal(pixels(comfyui.run(prompt).pictures("save")[0]), pixels(expected))
