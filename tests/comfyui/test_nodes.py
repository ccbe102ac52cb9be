"""The nodes as ComfyUI calls them, without ComfyUI."""

import subprocess
import sys
from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

from neuralmaster import FillParams, Request, prepare
from neuralmaster.params import Choice, Number, specs
from tests.pictures import ROOT, pixels, textured_scene, two_channel
from tests.tensors.scenes import tensor, torch

comfyui = pytest.importorskip("neuralmaster.comfyui")
Fill, Match, FindObject, Compose, Split = (node for node, _ in comfyui.NODES.values())


def as_image(picture):
    return tensor(picture).movedim(1, -1).contiguous()


def as_mask(picture):
    return tensor(picture)[:, 0]


def channels(mask):
    return {
        name: as_mask(mask.getchannel(band))
        for name, band in (("inpaint_mask", "R"), ("object_mask", "G"))
    }


def defaults():
    inputs = Fill.INPUT_TYPES()["required"]
    return {name: more["default"] for name, (_, more) in inputs.items() if "default" in more}


def test_the_inputs_are_the_table_of_parameters():
    inputs = Fill.INPUT_TYPES()["required"]
    for name, spec in specs().items():
        kind, more = inputs[name]
        assert more["tooltip"] == spec.help
        if isinstance(spec, Choice):
            assert kind == list(spec.names)
        elif isinstance(spec, Number):
            assert kind == "FLOAT"
            assert (more["min"], more["max"], more["step"]) == (
                spec.minimum,
                spec.maximum,
                spec.step,
            )
        if name != "source":
            assert more["default"] == getattr(FillParams(), name)
    assert inputs["seed"][0] == "INT"


def test_widgets_keep_the_places_that_saved_workflows_count_on():
    names = list(Fill.INPUT_TYPES()["required"])
    first = ["image", "inpaint_mask", "method", "source", "feather", "grain", "seed"]
    assert names[:7] == first
    assert names[7:] == [f.name for f in fields(FillParams) if f.name not in first]


def test_a_kind_of_parameter_that_is_no_choice_and_no_number_is_a_text(monkeypatch):
    colour = SimpleNamespace(help="any", schema=lambda: {"type": "string", "pattern": "^#"})
    monkeypatch.setattr(
        "neuralmaster.comfyui.inputs.specs", lambda *_: {**specs(), "grain": colour}
    )
    assert Fill.INPUT_TYPES()["required"]["grain"] == ("STRING", {"default": 0.0, "tooltip": "any"})


@pytest.mark.parametrize("more", [{}, {"feather": 5.0}, {"grain": 0.5, "seed": 3}], ids=str)
def test_a_fill_is_that_of_the_request(more):
    image, mask = textured_scene(96, 64)
    seed = more.get("seed", 0)
    params = {name: value for name, value in more.items() if name != "seed"}
    request = Request(image, mask, params=FillParams(**params), seed=seed)
    expected = prepare(request)
    filled, red, note = Fill().fill(as_image(image), **channels(mask), **{**defaults(), **more})
    assert np.array_equal((filled[0] * 255).numpy(), pixels(expected.image).astype(np.float32))
    assert np.array_equal((red[0] * 255).numpy(), pixels(expected.inpaint_mask).astype(np.float32))
    assert note == ""


def test_a_mask_without_a_batch_is_one_mask():
    image, mask = textured_scene(96, 64)
    masks = channels(mask)
    expected = Fill().fill(as_image(image), **masks, **defaults())[0]
    flat = {name: one[0] for name, one in masks.items()}
    assert torch.equal(Fill().fill(as_image(image), **flat, **defaults())[0], expected)


def test_a_note_says_which_pictures_it_is_about():
    image, mask = textured_scene(64, 48)
    masks = channels(mask)
    flat = torch.cat([masks["inpaint_mask"], masks["inpaint_mask"] * 0])
    small = masks["object_mask"][:, ::2, ::2]
    batch = as_image(image).repeat(2, 1, 1, 1)
    _, _, note = Fill().fill(batch, flat, object_mask=small, **defaults())
    resized, stays = sorted(note.splitlines(), reverse=True)
    assert resized.startswith("The object mask is 32x24 and the mask 64x48")
    assert stays.startswith("Image 2 of 2: Original is used: the mask's red channel is flat")


def test_a_note_is_shown_on_the_node_where_comfyui_can(monkeypatch):
    shown = []
    instance = SimpleNamespace(send_progress_text=lambda *text: shown.append(text))
    server = SimpleNamespace(PromptServer=SimpleNamespace(instance=instance))
    monkeypatch.setitem(sys.modules, "server", server)
    image, mask = textured_scene(64, 48)
    masks = channels(mask)
    Fill().fill(as_image(image), **masks, **defaults(), unique_id="7")
    assert shown == []
    masks["object_mask"] *= 0
    _, _, note = Fill().fill(as_image(image), **masks, **defaults(), unique_id="7")
    assert shown == [(note, "7")]
    assert note.startswith("Original is used: the mask's green channel is flat")


def test_an_image_that_is_no_batch_is_refused():
    image, mask = textured_scene(64, 48)
    with pytest.raises(ValueError) as error:
        Fill().fill(as_image(image)[0], **channels(mask), **defaults())
    assert str(error.value) == "image: expected BxHxWxC, got 48x64x3"


def test_composing_what_was_split_gives_the_mask():
    _, mask = textured_scene(64, 48)
    (composed,) = Compose().compose(*Split().split(as_image(mask)))
    assert torch.equal(composed, as_image(mask))


def test_one_mask_serves_a_batch_of_the_other():
    masks = [channels(textured_scene(64, 48, seed)[1]) for seed in range(2)]
    red, green = (torch.cat([mask[name] for mask in masks]) for name in masks[0])
    (composed,) = Compose().compose(red[:1], green)
    assert torch.equal(composed[..., 0], red[[0, 0]])
    assert torch.equal(composed[..., 1], green)
    (composed,) = Compose().compose(red, green[1:])
    assert torch.equal(composed[..., 0], red)
    assert torch.equal(composed[..., 1], green[[1, 1]])
    assert not composed[..., 2].any()


@pytest.mark.parametrize(
    ("red", "green", "message"),
    [
        ((2, 5, 7), (3, 5, 7), "expected 1 or 2 of them, got 3"),
        ((1, 5, 7), (1, 5, 6), "expected 7x5 as the inpaint mask has, got 6x5; scale one of them"),
    ],
)
def test_masks_that_do_not_go_together_are_refused(red, green, message):
    with pytest.raises(ValueError) as error:
        Compose().compose(torch.zeros(red), torch.zeros(green))
    assert str(error.value) == f"object_mask: {message}"


def test_alpha_multiplies_both_channels():
    mask = torch.rand(2, 5, 7, 4)
    red, green = Split().split(mask)
    assert torch.equal(red, mask[..., 0] * mask[..., 3])
    assert torch.equal(green, mask[..., 1] * mask[..., 3])


def test_a_gray_picture_is_no_two_channel_mask():
    with pytest.raises(ValueError, match=r"^mask: expected a colour picture, got 1 channel\(s\)$"):
        Split().split(torch.rand(1, 5, 7, 1))


def test_the_object_is_found_in_each_image():
    scenes = [textured_scene(64, 48, seed)[0].convert("RGBA") for seed in range(2)]
    for picture, side in zip(scenes, (10, 20), strict=True):
        alpha = np.zeros((48, 64), np.uint8)
        alpha[5:40, side:50] = 255
        picture.putalpha(two_channel(alpha, alpha).getchannel(0))
    (found,) = FindObject().find(torch.cat([as_image(picture) for picture in scenes]), "alpha")
    expected = torch.cat([as_mask(picture.getchannel("A")) for picture in scenes])
    assert torch.equal(found, expected)


LOADING = """
import importlib.util, sys, types
{before}
spec = importlib.util.spec_from_file_location("/custom_nodes/nm", {root!r} + "/__init__.py")
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
print(list(module.NODE_CLASS_MAPPINGS), list(module.NODE_DISPLAY_NAME_MAPPINGS))
print("neuralmaster" in sys.modules, {root!r} in sys.path)
"""


def loaded(tmp_path, before):
    code = LOADING.format(before=before, root=str(ROOT))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_comfyui_loads_the_nodes_from_the_folder(tmp_path):
    names, state = loaded(
        tmp_path, "sys.modules['folder_paths'] = types.ModuleType('folder_paths')"
    )
    assert names == f"{list(comfyui.NODES)} {list(comfyui.NODES)}"
    assert state == "True False"


def test_outside_comfyui_the_folder_has_no_nodes_and_loads_nothing(tmp_path):
    assert loaded(tmp_path, "") == ["[] []", "False False"]


def test_a_checkout_named_like_the_package_can_be_tested(tmp_path):
    (tmp_path / "neuralmaster").symlink_to(ROOT)
    code = (
        "import neuralmaster.pipeline, neuralmaster.tests.pictures\n"
        "print(neuralmaster.preprocess.__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "neuralmaster.pipeline\n"
