"""The script's arguments over the API of a real WebUI."""

from __future__ import annotations

import numpy as np
import pytest

from neuralmaster.fills import FILLS
from neuralmaster.params import all_specs, built_in
from tests.webui.real_host import (
    b64,
    by_name,
    by_position,
    needs_script_info,
    needs_webui,
    same,
)
from tests.webui.scene import IMAGE, MASK, RED

pytestmark = needs_webui


@pytest.mark.parametrize(
    "arguments",
    [
        [{"method": "mean", "source": "all", "feather": 120}],
        [{"enabled": True, "method": "mean", "source": "all", "feather": 120.0}],
        [True, "mean", "all", 120, ""],
        [True, "mean", "all", 120],
    ],
    ids=["named", "named in full", "by position", "shorter"],
)
def test_arguments_come_by_name_or_by_position(webui, command_line, arguments):
    answer = webui.img2img(IMAGE, MASK, **by_position(*arguments))
    options = ("--method", "mean", "--source", "all", "--feather", "120")
    assert same(answer.run.prepared, command_line.fill(IMAGE, MASK, *options)[0])


def test_missing_arguments_have_their_defaults(webui, command_line):
    answer = webui.img2img(IMAGE, MASK, **by_position(True))
    assert same(answer.run.prepared, command_line.fill(IMAGE, MASK)[0])


@pytest.mark.parametrize("arguments", [[False], [{"enabled": False}], []])
def test_switched_off_by_name_the_job_is_original(webui, arguments):
    answer = webui.img2img(IMAGE, RED, **by_position(*arguments))
    assert same(answer.run.prepared, IMAGE)
    assert answer.our_keys == {}


def test_by_index_the_arguments_count_as_well(webui, command_line):
    named = by_name(enabled=False, method="mean")
    answer = webui.img2img(IMAGE, MASK, inpainting_fill=webui.index, **named)
    prepared, _ = command_line.fill(IMAGE, MASK, "--method", "mean")
    assert same(answer.run.prepared, prepared)


TRUNCATED = b64(MASK)[:4000]
REFUSED = {
    "unknown name": (
        [{"metod": "mean"}],
        "expected enabled, method, source, feather, object_mask, grain, colour, gradient, match, "
        "match_strength, got 'metod'",
    ),
    "wrong type": (
        [{"feather": "wide"}],
        "feather: expected a number from 0 to 512, got 'wide'",
    ),
    "true for a number": (
        [{"feather": True}],
        "feather: expected a number from 0 to 512, got True",
    ),
    "out of range": (
        [True, "context", "green", 600],
        "feather: expected a number from 0 to 512, got 600",
    ),
    "unknown choice": (
        [True, "magic"],
        f"method: expected one of {', '.join(FILLS)}, got 'magic'",
    ),
    "enabled is no bool": (
        [{"enabled": "yes"}],
        "enabled: expected true or false, got 'yes'",
    ),
    "object mask is no text": (
        [{"object_mask": 5}],
        "object_mask: expected a picture in base64, got int",
    ),
    "object mask is no base64": (
        [{"object_mask": "AAA"}],
        "object_mask: expected a picture in base64, got other text",
    ),
    "object mask is no picture": (
        [{"object_mask": "AAAA"}],
        "object_mask: expected a picture (PNG, JPEG, WEBP, BMP, GIF), got a file of another kind",
    ),
    "object mask is truncated": (
        [{"object_mask": TRUNCATED}],
        "object_mask: cannot be read: the picture is damaged (image file is truncated)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_argument_is_refused_in_one_sentence_and_nothing_is_made(webui, case):
    arguments, sentence = REFUSED[case]
    before = len(webui.log())
    answer = webui.img2img(IMAGE, MASK, **by_position(*arguments))
    assert answer.status == 422
    assert answer.body["detail"] == f"NeuralMaster: {sentence}"
    assert answer.run.stages() == ["process"]
    assert "Traceback" not in webui.log()[before:]
    assert "*** Error" not in webui.log()[before:]


def test_after_a_refused_job_the_server_goes_on(webui, command_line):
    assert webui.img2img(IMAGE, MASK, **by_name(feather=-1)).status == 422
    answer = webui.img2img(IMAGE, MASK, **by_name())
    assert same(answer.run.prepared, command_line.fill(IMAGE, MASK)[0])


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
def test_an_object_mask_in_base64_makes_a_single_channel_mask_do(
    webui, command_line, tmp_path, prefix
):
    green = MASK.getchannel(1)
    green.save(tmp_path / "object.png")
    prepared, red = command_line.fill(IMAGE, RED, "--object", str(tmp_path / "object.png"))
    answer = webui.img2img(IMAGE, RED, **by_name(object_mask=prefix + b64(green)))
    assert same(answer.run.prepared, prepared)
    assert same(answer.run.prepared, command_line.fill(IMAGE, MASK)[0])
    assert same(answer.run.picture("process", "mask"), red)
    assert answer.our_keys["NeuralMaster source"] == "upload"


def test_the_object_is_taken_from_the_init_images_alpha(webui, command_line):
    cut_out = IMAGE.copy()
    cut_out.putalpha(MASK.getchannel(1))
    answer = webui.img2img(cut_out, RED, **by_name(source="alpha"))
    assert same(answer.run.prepared, command_line.fill(cut_out, RED, "--source", "alpha")[0])
    filled = np.asarray(answer.run.prepared.convert("RGB"))
    assert (filled == np.asarray(command_line.fill(IMAGE, MASK)[0])).all()


def test_the_whole_picture_is_the_object_of_a_single_channel_mask(webui, command_line):
    answer = webui.img2img(IMAGE, RED, **by_name(source="all"))
    assert same(answer.run.prepared, command_line.fill(IMAGE, RED, "--source", "all")[0])
    assert not same(answer.run.prepared, IMAGE)


@needs_script_info
def test_the_arguments_are_listed_with_labels_defaults_and_ranges(webui):
    listed = [s for s in webui.get("/sdapi/v1/script-info") if s["name"] == "neuralmaster"]
    assert [(script["is_alwayson"], script["is_img2img"]) for script in listed] == [(True, True)]
    shown = [(a["label"], a["value"]) for a in listed[0]["args"]]
    mask = shown.pop(6)
    assert mask[0] == "Mask"  # the host's own component, where that holds more than a job gets
    specs, defaults = all_specs(), built_in()
    later = ("colour", "gradient", "match", "match_strength")
    assert shown == [
        ("Enabled", False),
        ("Fill method", "context"),
        ("Useful object", "green"),
        ("Feather", 0.0),
        ("Object mask", ""),
        ("Grain", 0.0),
        *((specs[name].label, defaults[name]) for name in later),
    ]
    method, source, feather = listed[0]["args"][1:4]
    assert method["choices"] == list(FILLS)
    assert source["choices"] == [*specs["source"].names, "upload"]
    assert (feather["minimum"], feather["maximum"], feather["step"]) == (0, 512, 1)
