"""What a job in a real WebUI writes into its picture, and how that brings it back."""

from __future__ import annotations

import pytest
from PIL import Image

from neuralmaster import __version__
from neuralmaster.fallbacks import Cause
from tests.webui.real_host import (
    b64,
    by_name,
    needs_infotext_in_api,
    needs_webui,
    same,
    same_result,
)
from tests.webui.scene import GRAY, IMAGE, MASK, RED

pytestmark = needs_webui


def test_a_job_of_defaults_leaves_one_key(webui):
    answer = webui.img2img(IMAGE, MASK, **by_name(feather=0))
    assert answer.our_keys == {"NeuralMaster": __version__}
    assert "Masked content" not in answer.infotext
    assert answer.images[0].info["parameters"] == answer.infotext


def test_what_differs_from_the_defaults_is_in_the_infotext(webui):
    answer = webui.img2img(IMAGE, MASK, inpainting_fill=webui.index, **by_name(feather=2.5))
    assert answer.our_keys == {"NeuralMaster": __version__, "NeuralMaster feather": "2.5"}
    assert "Masked content" not in answer.infotext


@needs_infotext_in_api
def test_the_infotext_alone_brings_the_job_back(webui):
    made = webui.img2img(
        IMAGE,
        MASK,
        mask_blur=4,  # the API's own default, and so is Only masked
        inpaint_full_res=True,
        inpainting_fill=webui.index,
        **by_name(method="mean", feather=120),
    )
    job = {"init_images": [b64(IMAGE)], "mask": b64(MASK), "infotext": made.infotext}
    # what the host does not read back in img2img, 1.8.0 not even the steps
    again = webui.send({**job, "prompt": "an apple", "denoising_strength": 0.2, "steps": 4})
    assert same(again.run.prepared, made.run.prepared)
    assert again.our_keys == made.our_keys  # A1111 1.9.4 adds a key of its own
    assert same_result(again.images[0], made.images[0])


def test_an_infotext_of_another_job_does_not_ask_for_a_fill(webui):
    made = webui.img2img(IMAGE, RED)
    job = {"init_images": [b64(IMAGE)], "mask": b64(RED), "infotext": made.infotext}
    assert same(webui.send(job).run.prepared, IMAGE)


FALLBACKS = {
    "gray mask": (
        GRAY,
        "Original is used: the mask's red and green channels match, so they do not tell the useful "
        "object from the area to repaint; mark the object in green, or choose another source for "
        "it, such as auto.",
    ),
    "black and white mask": (
        RED.point(lambda level: 255 * (level > 127)).convert("RGB"),
        "Original is used: the mask's red and green channels match, so they do not tell the useful "
        "object from the area to repaint; mark the object in green, or choose another source for "
        "it, such as auto.",
    ),
    "no green": (
        Image.merge("RGB", [RED, Image.new("L", RED.size), Image.new("L", RED.size)]),
        "Original is used: the mask's green channel is flat (levels 0 to 0 of 255) and does not "
        "mark the useful object; paint the useful object in green, or choose another source "
        "for it, such as auto.",
    ),
    "faint red": (
        Image.merge("RGB", [Image.new("L", RED.size, 90), *MASK.split()[1:]]),
        "Original is used: the mask's red channel is flat (levels 90 to 90 of 255) and does not "
        "mark the area to repaint; paint the area to repaint in red.",
    ),
}


@pytest.mark.parametrize("case", FALLBACKS)
def test_a_mask_that_cannot_steer_a_fill_falls_back_to_original_and_says_why(
    webui, command_line, case
):
    mask, reason = FALLBACKS[case]
    before = len(webui.log())
    answer = webui.img2img(IMAGE, mask, inpainting_fill=webui.index)
    assert same(answer.run.prepared, IMAGE)
    assert same(answer.run.picture("process", "mask"), command_line.fill(IMAGE, mask)[1])
    assert answer.run.fields("process")["inpainting_fill"] == 1
    assert answer.our_keys["NeuralMaster note"] == reason
    assert answer.our_keys["NeuralMaster fallback"] in {cause.value for cause in Cause}
    assert f"NeuralMaster: {reason}\n" in webui.log()[before:]


def test_a_fallback_makes_the_same_picture_as_original(webui):
    fallback = webui.img2img(IMAGE, GRAY, inpainting_fill=webui.index)
    original = webui.img2img(IMAGE, RED)
    assert same_result(fallback.images[0], original.images[0])
