"""The extension in a real WebUI, over its API."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from neuralmaster import __version__
from tests.pictures import textured_scene
from tests.webui.real_host import (
    KEEPS_GRADIENTS,
    NEURALMASTER_0_9,
    OTHER,
    PROPS,
    STANDIN,
    STOCK,
    WebUI,
    b64,
    by_name,
    by_position,
    changed,
    needs_infotext_in_api,
    needs_order,
    needs_script_info,
    needs_soft_inpainting,
    needs_soft_latents,
    needs_webui,
    plot_arguments,
    same,
    same_result,
)

pytestmark = needs_webui

IMAGE, MASK = textured_scene(512, 512)
RED = MASK.getchannel(0)
GRAY = RED.convert("RGB")  # red and green match: it cannot steer a fill
SOFT = {"Soft inpainting": {"args": [True, 1, 0.5, 4, 0, 0.5, 2]}}


def host_mask(red, *, blur=0, invert=False):
    """The host's own rule (processing.py, init): its mask before any crop, HxW levels."""
    mask = np.asarray(ImageOps.invert(red) if invert else red)
    if blur:
        kernel = 2 * int(2.5 * blur + 0.5) + 1
        mask = cv2.GaussianBlur(mask, (kernel, 1), blur)
        mask = cv2.GaussianBlur(mask, (1, kernel), blur)
    return mask


# --- asked for by index or by name ------------------------------------------------------------


@pytest.mark.parametrize("asked", ["index", "name over fill", "name over original"])
def test_by_index_and_by_name_it_prepares_what_the_command_line_does(webui, command_line, asked):
    job = {
        "index": {"inpainting_fill": webui.index},
        "name over fill": {"inpainting_fill": 0, **by_name()},
        "name over original": {"inpainting_fill": 1, **by_name()},
    }[asked]
    run = webui.img2img(IMAGE, MASK, **job).run
    prepared, red = command_line.fill(IMAGE, MASK)
    assert same(run.prepared, prepared)
    assert same(run.picture("process", "mask"), red)
    assert run.fields("process")["inpainting_fill"] == 1


@pytest.mark.parametrize("mask", ["two channels", "gray"])
def test_after_the_run_p_is_as_it_was_sent(webui, mask):
    sent = {"two channels": MASK, "gray": GRAY}[mask]
    run = webui.img2img(IMAGE, sent, inpainting_fill=webui.index).run
    assert same(run.inits("postprocess")[0], IMAGE)
    assert same(run.picture("postprocess", "mask"), sent)
    assert run.fields("postprocess")["inpainting_fill"] == webui.index


def test_while_sampling_the_originals_are_the_init_images(webui):
    run = webui.img2img(IMAGE, MASK, **by_name()).run
    assert same(run.inits("batch-0")[0], IMAGE)


def test_the_next_extension_sees_us_switched_off(webui):
    run = webui.img2img(IMAGE, MASK, **by_name(method="mean")).run
    off = [{"enabled": False, "method": "mean"}, None, None, None, "", None, ""]
    assert run.fields("process")["our_args"] == [off]
    assert run.fields("postprocess")["our_args"] == [[{"method": "mean"}, *off[1:]]]


def test_without_a_mask_nothing_is_done_or_said(webui):
    answer = webui.img2img(IMAGE, None, **by_name())
    assert same(answer.run.prepared, IMAGE)
    assert answer.our_keys == {}


def test_the_addon_is_told_version_name_and_index(webui):
    assert webui.get(PROPS) == {
        "version": __version__,
        "menu_item_name": "NeuralMaster",
        "menu_item_index": 4,
    }


# --- unmasked pixels --------------------------------------------------------------------------


def magenta_where_filled(invert=False):
    red, green = (np.asarray(channel, np.float64) / 255 for channel in MASK.split()[:2])
    weight = green * np.clip(2 * (1 - red if invert else red) - 1, 0, 1)
    painted = np.array(IMAGE)
    painted[weight > 0] = (255, 0, 255)
    return {"Probe": {"args": [b64(Image.fromarray(painted))]}}


@pytest.mark.parametrize("only_masked", [False, True], ids=["whole", "only masked"])
@pytest.mark.parametrize("blur", [0, 4])
@pytest.mark.parametrize("invert", [0, 1])
@pytest.mark.parametrize("fill", ["ours", "magenta"])
def test_where_the_hosts_mask_is_zero_pixels_come_back(webui, only_masked, blur, invert, fill):
    job = {
        "inpaint_full_res": only_masked,
        "mask_blur": blur,
        "inpainting_mask_invert": invert,
    }
    ours = by_name()
    if fill == "magenta":
        ours["alwayson_scripts"] |= magenta_where_filled(bool(invert))
    answer = webui.img2img(IMAGE, MASK, **job, **ours)
    kept = host_mask(RED, blur=blur, invert=bool(invert)) == 0
    assert kept.sum() > 1000
    assert changed(answer.images[0], IMAGE, kept) == 0

    original = webui.img2img(IMAGE, RED, **job)
    assert same(answer.run.overlays()[0], original.run.overlays()[0])


def test_inpaint_not_masked_fills_the_other_part_and_hands_red_over_as_it_is(webui, command_line):
    run = webui.img2img(IMAGE, MASK, inpainting_mask_invert=1, **by_name()).run
    prepared, red = command_line.fill(IMAGE, MASK, "--invert")
    assert same(run.prepared, prepared)
    assert not same(prepared, command_line.fill(IMAGE, MASK)[0])
    assert same(run.picture("process", "mask"), red)


def test_in_only_masked_nothing_of_the_fill_is_pasted_over_the_result(webui):
    ours = by_name()
    ours["alwayson_scripts"] |= magenta_where_filled()
    job = {"inpaint_full_res": True, "denoising_strength": 0}
    (overlay,) = webui.img2img(IMAGE, MASK, **job, **ours).run.overlays()
    colours, alpha = np.asarray(overlay)[..., :3], np.asarray(overlay)[..., 3]
    assert ((alpha > 0) & (alpha < 255)).sum() > 1000
    off = np.abs(colours.astype(int) - np.asarray(IMAGE)).max(axis=-1)
    assert off[alpha > 32].max() <= 4  # levels that 8-bit premultiplied colours lose


@needs_soft_inpainting
@pytest.mark.parametrize("only_masked", [False, True], ids=["whole", "only masked"])
def test_soft_inpainting_changes_no_more_unmasked_pixels_than_original(webui, only_masked):
    ours, kept = by_name(), host_mask(RED) == 0
    ours["alwayson_scripts"] |= SOFT
    job = {"inpaint_full_res": only_masked, "denoising_strength": 0.75}
    filled = webui.img2img(IMAGE, MASK, **job, **ours).images[0]
    original = webui.img2img(IMAGE, RED, **job, alwayson_scripts=SOFT).images[0]
    by_original = changed(original, IMAGE, kept)
    assert by_original >= STANDIN.softly_changed
    assert changed(filled, IMAGE, kept) <= by_original + STANDIN.soft_tolerance


def test_with_colour_correction_no_unmasked_pixel_changes(webui):
    # the off one last: the host does not take back an override that its config.json lacks
    ours, original, off = (
        webui.img2img(
            IMAGE,
            mask,
            denoising_strength=0.75,
            override_settings={"img2img_color_correction": correct},
            **asked,
        ).images[0]
        for mask, asked, correct in [(MASK, by_name(), True), (RED, {}, True), (RED, {}, False)]
    )
    kept = host_mask(RED) == 0
    assert changed(ours, IMAGE, kept) == changed(original, IMAGE, kept) == 0
    assert not same(original, off)


# --- several images ---------------------------------------------------------------------------


def test_each_of_two_init_images_is_filled_from_its_own_pixels(webui, command_line):
    mirrored = ImageOps.mirror(IMAGE).point(lambda level: 255 - level)
    answer = webui.img2img([IMAGE, mirrored], MASK, batch_size=2, **by_name())
    first, second = answer.run.inits("process")
    assert same(first, command_line.fill(IMAGE, MASK)[0])
    assert same(second, command_line.fill(mirrored, MASK)[0])
    kept = host_mask(RED) == 0
    assert changed(answer.images[-2], IMAGE, kept) == 0
    assert changed(answer.images[-1], mirrored, kept) == 0


def test_a_batch_of_three_is_filled_from_one_init_image(webui, command_line):
    answer = webui.img2img(IMAGE, MASK, batch_size=3, **by_name())
    assert same(answer.run.prepared, command_line.fill(IMAGE, MASK)[0])
    assert len(answer.run.overlays()) == 3
    kept = host_mask(RED) == 0
    assert [changed(image, IMAGE, kept) for image in answer.images[-3:]] == [0, 0, 0]


def test_every_batch_of_a_job_begins_with_the_same_prepared_image(webui, command_line):
    answer = webui.img2img(IMAGE, MASK, n_iter=2, **by_name())
    assert same(answer.run.prepared, command_line.fill(IMAGE, MASK)[0])
    assert answer.run.stages() == ["batch-0", "batch-1", "postprocess", "process"]
    first, second = answer.run.overlays("batch-0"), answer.run.overlays("batch-1")
    assert same(first[0], second[0])
    kept = host_mask(RED) == 0
    assert [changed(image, IMAGE, kept) for image in answer.images[-2:]] == [0, 0]


# --- sizes and kinds of pictures --------------------------------------------------------------


@pytest.mark.parametrize("only_masked", [False, True], ids=["whole", "only masked"])
@pytest.mark.parametrize("resize_mode", [0, 1, 2, 3])
def test_with_every_resize_mode_the_overlay_is_that_of_original(
    webui, command_line, resize_mode, only_masked
):
    image, mask = textured_scene(400, 300)
    job = {"resize_mode": resize_mode, "inpaint_full_res": only_masked, "height": 448}
    answer = webui.img2img(image, mask, **job, **by_name())
    original = webui.img2img(image, mask.getchannel(0), **job)
    assert same(answer.run.prepared, command_line.fill(image, mask)[0])
    if original.status == answer.status == 500:
        pytest.skip("this host fails at it, with Original as well; A1111 from 1.7 on")
    assert len(answer.run.overlays()) == len(original.run.overlays())
    assert all(map(same, answer.run.overlays(), original.run.overlays()))
    assert answer.images[0].size == original.images[0].size


def test_a_mask_of_another_size_is_resized_and_told_of(webui, command_line):
    small = MASK.resize((256, 200))
    answer = webui.img2img(IMAGE, small, **by_name())
    prepared, red = command_line.fill(IMAGE, small)
    assert same(answer.run.prepared, prepared)
    assert same(answer.run.picture("process", "mask"), red)
    note = "The mask is 256x200 and the image 512x512: the mask was resized to the image."
    assert answer.our_keys["NeuralMaster note"] == note
    assert f"NeuralMaster: {note}\n" in webui.log()


def init_image(kind):
    if kind == "I;16":
        return Image.fromarray(np.asarray(IMAGE.convert("L")).astype(np.uint16) * 257)
    if kind in ("LA", "RGBA"):
        image = IMAGE.convert(kind)
        image.putalpha(Image.linear_gradient("L").resize(IMAGE.size))
        return image
    return IMAGE.convert(kind)


@pytest.mark.parametrize("kind", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_init_images_of_every_mode_are_filled(webui, command_line, kind):
    image = init_image(kind)
    answer = webui.img2img(image, MASK, **by_name())
    prepared, _ = command_line.fill(image, MASK)
    assert same(answer.run.prepared, prepared)
    assert "NeuralMaster note" not in answer.our_keys
    original = webui.img2img(image, RED)
    assert same(answer.run.overlays()[0], original.run.overlays()[0])
    assert changed(answer.images[0], original.images[0], host_mask(RED) == 0) == 0


# --- the script's arguments -------------------------------------------------------------------


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
        "expected enabled, method, source, feather, object_mask, grain, got 'metod'",
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
        "method: expected one of context, classic, mean, texture, got 'magic'",
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
    *shown, mask = [(a["label"], a["value"]) for a in listed[0]["args"]]
    assert mask[0] == "Mask"  # the host's own component, where that holds more than a job gets
    assert shown == [
        ("Enabled", False),
        ("Fill method", "context"),
        ("Useful object", "green"),
        ("Feather", 0.0),
        ("Object mask", ""),
        ("Grain", 0.0),
    ]
    method, source, feather = listed[0]["args"][1:4]
    assert method["choices"] == ["context", "classic", "mean", "texture"]
    assert source["choices"] == ["green", "alpha", "all", "upload"]
    assert (feather["minimum"], feather["maximum"], feather["step"]) == (0, 512, 1)


# --- infotext ---------------------------------------------------------------------------------


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
        "Original is used: the mask's red and green channels match, so no useful object is told "
        "apart from the area to repaint; mark the object in green, or choose another source for "
        "it.",
    ),
    "black and white mask": (
        RED.point(lambda level: 255 * (level > 127)).convert("RGB"),
        "Original is used: the mask's red and green channels match, so no useful object is told "
        "apart from the area to repaint; mark the object in green, or choose another source for "
        "it.",
    ),
    "no green": (
        Image.merge("RGB", [RED, Image.new("L", RED.size), Image.new("L", RED.size)]),
        "Original is used: the mask's green channel is flat (levels 0 to 0 of 255) and does not "
        "tell the useful object; paint the useful object in green.",
    ),
    "faint red": (
        Image.merge("RGB", [Image.new("L", RED.size, 90), *MASK.split()[1:]]),
        "Original is used: the mask's red channel is flat (levels 90 to 90 of 255) and does not "
        "tell the area to repaint; paint the area to repaint in red.",
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
    assert f"NeuralMaster: {reason}\n" in webui.log()[before:]


def test_a_fallback_makes_the_same_picture_as_original(webui):
    fallback = webui.img2img(IMAGE, GRAY, inpainting_fill=webui.index)
    original = webui.img2img(IMAGE, RED)
    assert same_result(fallback.images[0], original.images[0])


# --- the host's own scripts -------------------------------------------------------------------

LOOPBACK = {"script_name": "Loopback", "script_args": [3, 0.2, "Linear", "None"]}


@pytest.mark.parametrize("batches", [1, 2])
@pytest.mark.parametrize("asked", ["index", "name", "name over original"])
def test_loopback_fills_in_its_first_loop_and_goes_on_from_the_result(
    webui, command_line, asked, batches
):
    job = {
        "index": {"inpainting_fill": webui.index},
        "name": {"inpainting_fill": 0, **by_name()},
        "name over original": {"inpainting_fill": 1, **by_name()},
    }[asked]
    answer = webui.img2img(IMAGE, MASK, n_iter=batches, **LOOPBACK, **job)
    prepared, red = command_line.fill(IMAGE, MASK)
    assert len(answer.runs) == 3 * batches
    for number, run in enumerate(answer.runs):
        assert same(run.prepared, prepared) == (number % 3 == 0)
        assert run.fields("process")["inpainting_fill"] == 1
        assert same(run.picture("process", "mask"), red)
    if batches == 1:
        results = answer.images[-3:]  # the grid comes first
        assert [same(r.prepared, i) for r, i in zip(answer.runs[1:], results, strict=False)] == [
            True,
            True,
        ]


def xyz(webui, axis, values):
    """Script args of the X/Y/Z plot with one axis, by the label that the host shows."""
    chosen = {
        "x_type": webui.options("script_img2img_xyz_plot_x_type").index(axis),
        "x_values": ",".join(values),
        "include_lone_images": True,
        "csv_mode": True,  # the values of a choice are in x_values too
    }
    kinds = {"type": 0, "values": "", "values_dropdown": [], "size": 0}
    return {
        "script_name": "X/Y/Z plot",
        "script_args": [
            chosen.get(name, kinds.get(name.partition("_")[2], False)) for name in plot_arguments()
        ],
    }


@pytest.mark.parametrize("asked", ["index", "name"])
def test_every_cell_of_an_xyz_plot_is_filled_from_the_untouched_input(webui, command_line, asked):
    job = {"index": {"inpainting_fill": webui.index}, "name": by_name()}[asked]
    answer = webui.img2img(IMAGE, MASK, **xyz(webui, "Seed", ["1", "2", "3"]), **job)
    prepared, red = command_line.fill(IMAGE, MASK)
    assert len(answer.runs) == 3
    for run in answer.runs:
        assert same(run.prepared, prepared)
        assert same(run.picture("process", "mask"), red)
        assert same(run.inits("postprocess")[0], IMAGE)
    assert "Seed: 1," in answer.infotext


@pytest.mark.parametrize("asked", ["index", "name"])
@pytest.mark.parametrize(
    ("axis", "argument", "values"),
    [
        ("Fill method", "method", ["context", "classic", "mean", "texture"]),
        ("Useful object", "source", ["green", "all"]),
        ("Feather", "feather", ["0", "120"]),
    ],
)
def test_every_cell_over_an_argument_equals_its_single_run(webui, asked, axis, argument, values):
    fill = {"index": webui.index, "name": 0}[asked]
    plot = xyz(webui, f"[NeuralMaster] {axis}", values)
    job = {"inpainting_fill": fill, **by_name(enabled=asked == "name")}
    answer = webui.img2img(IMAGE, MASK, **plot, **job)
    cells = answer.images[-len(values) :]  # the grid comes first
    for run, cell, value in zip(answer.runs, cells, values, strict=True):
        given = float(value) if argument == "feather" else value
        named = by_name(enabled=asked == "name", **{argument: given})
        single = webui.img2img(IMAGE, MASK, inpainting_fill=fill, **named)
        assert same(run.prepared, single.run.prepared)
        assert same_result(cell.convert("RGB"), single.images[0])  # RGBA in reForge
        assert cell.info["parameters"] == single.infotext
    assert len({run.prepared.tobytes() for run in answer.runs}) == len(values)


def test_every_cell_over_masked_content_equals_its_single_run(webui):
    contents = {"fill": 0, "original": 1, "NeuralMaster": webui.index}
    answer = webui.img2img(IMAGE, MASK, **xyz(webui, "[NeuralMaster] Masked content", contents))
    cells = answer.images[-3:]
    for run, cell, fill in zip(answer.runs, cells, contents.values(), strict=True):
        single = webui.img2img(IMAGE, MASK, inpainting_fill=fill)
        assert same(run.prepared, single.run.prepared)
        assert same_result(cell.convert("RGB"), single.images[0])  # RGBA in reForge
    # not so of Original: the host writes "fill" into the later cells' infotexts
    assert cell.info["parameters"] == single.infotext


@pytest.mark.parametrize("images", [1, 2])
def test_the_saved_init_images_are_the_originals(webui, tmp_path, images):
    sent = [IMAGE, ImageOps.mirror(IMAGE)][:images]
    settings = {"save_init_img": True, "outdir_init_images": str(tmp_path)}
    job = {"batch_size": images, "override_settings": settings}
    answer = webui.img2img(sent, MASK, **job, **by_name())
    hashes = [hashlib.md5(image.tobytes()).hexdigest() for image in sent]
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(hashes)
    for image, name in zip(sent, hashes, strict=True):
        assert same(Image.open(tmp_path / f"{name}.png"), image)
    assert f"Init image hash: {hashes[-1]}" in answer.infotext  # of several, as of Original
    assert answer.run.fields("postprocess")["override_settings"] == settings


# --- grain ------------------------------------------------------------------------------------


def test_grain_comes_again_with_the_seed_that_the_host_drew(webui, command_line):
    drawn = webui.img2img(IMAGE, MASK, seed=-1, **by_name(grain=1))
    seed = json.loads(drawn.body["info"])["seed"]
    again = webui.img2img(IMAGE, MASK, seed=seed, **by_name(grain=1))
    assert same(again.run.prepared, drawn.run.prepared)
    assert same_result(again.images[0], drawn.images[0])
    prepared, _ = command_line.fill(IMAGE, MASK, "--grain", "1", "--seed", str(seed))
    assert same(drawn.run.prepared, prepared)
    other = webui.img2img(IMAGE, MASK, seed=-1, **by_name(grain=1))
    assert not same(other.run.prepared, prepared)


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["index", "name"])
def test_defaults_are_overridden_for_one_job(webui, command_line, asked):
    job = {"index": {"inpainting_fill": webui.index}, "name": by_name()}[asked]
    settings = {"neuralmaster_method": "mean", "neuralmaster_feather": 120}
    answer = webui.img2img(IMAGE, MASK, **job, override_settings=settings)
    prepared, red = command_line.fill(IMAGE, MASK, "--method", "mean", "--feather", "120")
    assert same(answer.run.prepared, prepared)
    assert same(answer.run.picture("process", "mask"), red)
    assert answer.our_keys["NeuralMaster method"] == "mean"
    assert same(webui.img2img(IMAGE, MASK, **job).run.prepared, command_line.fill(IMAGE, MASK)[0])
    explicit = webui.img2img(IMAGE, MASK, **by_name(method="context"), override_settings=settings)
    prepared, _ = command_line.fill(IMAGE, MASK, "--feather", "120")
    assert same(explicit.run.prepared, prepared)


def test_a_stored_default_is_the_default_of_jobs(webui, command_line):
    assert webui.post("/sdapi/v1/options", {"neuralmaster_method": "classic"})[0] == 200
    try:
        run = webui.img2img(IMAGE, MASK, inpainting_fill=webui.index).run
    finally:
        webui.post("/sdapi/v1/options", {"neuralmaster_method": "context"})
    assert same(run.prepared, command_line.fill(IMAGE, MASK, "--method", "classic")[0])


def test_a_default_out_of_range_is_refused(webui):
    settings = {"neuralmaster_feather": -1}
    answer = webui.img2img(IMAGE, MASK, **by_name(), override_settings=settings)
    sentence = "NeuralMaster: feather: expected a number from 0 to 512, got -1"
    assert (answer.status, answer.body["detail"]) == (422, sentence)


def test_prepared_image_and_mask_are_saved_beside_every_result(webui, command_line, tmp_path):
    settings = {
        "neuralmaster_save_prepared": True,
        "neuralmaster_save_mask": True,
        "save_mask": True,
        "save_mask_composite": True,
    }
    images = [IMAGE, ImageOps.mirror(IMAGE)]
    job = {"batch_size": 2, "n_iter": 2, "save_images": True, "override_settings": settings}
    folder = "outdir_img2img_samples"  # its override comes too late in the host's API
    usual = webui.get("/sdapi/v1/options")[folder]
    webui.post("/sdapi/v1/options", {folder: str(tmp_path)})
    webui.img2img(images, MASK, **job, **by_name())
    webui.post("/sdapi/v1/options", {folder: usual})
    saved = set(tmp_path.rglob("*.png"))
    others = ("prepared", "mask", "composite")
    results = sorted(path for path in saved if not path.stem.endswith(others))
    assert len(results) == 4
    for number, path in enumerate(results):
        prepared, _ = command_line.fill(images[number % 2], MASK)
        assert same(Image.open(path.with_name(f"{path.stem}-prepared.png")), prepared)
        kept = Image.open(path.with_name(f"{path.stem}-two-channel-mask.png"))
        assert same(command_line.fill(images[number % 2], kept)[0], prepared)
    assert len([path for path in saved if "prepared" in path.stem]) == 4
    assert len([path for path in saved if "two-channel" in path.stem]) == 4


@needs_soft_latents
def test_the_gradient_can_be_kept_in_the_latent_mask(webui):
    job = {"denoising_strength": 0.6, **by_name()}
    hard = webui.img2img(IMAGE, MASK, **job)
    settings = {"neuralmaster_keep_gradient": True}
    soft = webui.img2img(IMAGE, MASK, **job, override_settings=settings)
    assert soft.our_keys["NeuralMaster keep gradient"] == "True"
    red = np.asarray(RED)
    assert changed(soft.images[0], hard.images[0], (red > 32) & (red < 224)) > 1000
    assert changed(soft.images[0], IMAGE, red == 0) == 0
    again = webui.img2img(IMAGE, MASK, **job)
    assert same_result(again.images[0], hard.images[0])
    assert "NeuralMaster keep gradient" not in again.our_keys


@pytest.mark.skipif(KEEPS_GRADIENTS, reason="this host can keep the gradient; A1111 from 1.8 on")
def test_a_gradient_that_cannot_be_kept_is_told(webui, command_line):
    settings = {"neuralmaster_keep_gradient": True}
    answer = webui.img2img(IMAGE, MASK, **by_name(), override_settings=settings)
    assert same(answer.run.prepared, command_line.fill(IMAGE, MASK)[0])
    assert answer.our_keys["NeuralMaster note"].startswith("The gradient was not kept: ")
    assert "NeuralMaster keep gradient" not in answer.our_keys


# --- other clients ----------------------------------------------------------------------------


def test_webuiapi_from_pypi_drives_it_unmodified(webui, command_line, monkeypatch):
    webuiapi = pytest.importorskip("webuiapi")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    api = webuiapi.WebUIApi(host="127.0.0.1", port=webui.port, sampler="Euler", steps=4)
    props = api.custom_get(PROPS.removeprefix("/"))
    before = len(webui.runs())
    job = {"images": [IMAGE], "mask_image": MASK, "denoising_strength": 0.2}
    api.img2img(**job, inpainting_fill=props["menu_item_index"])
    named = {"NeuralMaster": {"args": [{"method": "mean"}]}}
    result = api.img2img(**job, inpainting_fill=1, alwayson_scripts=named)
    by_index, by_its_name = webui.runs()[before:]
    assert same(by_index.prepared, command_line.fill(IMAGE, MASK)[0])
    assert same(by_its_name.prepared, command_line.fill(IMAGE, MASK, "--method", "mean")[0])
    assert "NeuralMaster method: mean" in result.info["infotexts"][0]


# --- many jobs --------------------------------------------------------------------------------


def mixed_jobs(index):
    """(image, mask, rest of the job) of fills by us, by the host, Original, refused ones."""
    jobs = []
    for size in (256, 384):
        image, mask = textured_scene(size, size, seed=size)
        small = {"width": size, "height": size}
        jobs += [
            (image, mask, {**small, "inpainting_fill": index}),
            (image, mask, {**small, **by_name(method="classic")}),
            (image.convert("L"), mask, {**small, **by_name(method="mean", feather=9)}),
            (image, mask.getchannel(0), {**small, "inpainting_fill": 0}),
            (image, mask.getchannel(0), {**small, "inpainting_fill": 1}),
            (image, mask, {**small, **by_name(feather=-1)}),
            (image, mask, {**small, "inpaint_full_res": True, "mask_blur": 4, **by_name()}),
            (image, mask, {**small, "inpainting_mask_invert": 1, **by_name()}),
            (image, mask.getchannel(0), {**small, **by_name(object_mask="broken")}),
            (image, mask.convert("L"), {**small, "inpainting_fill": index}),
        ]
    return jobs


def test_of_200_mixed_jobs_none_crosses_into_another_and_memory_does_not_grow(webui):
    before = len(webui.log())
    jobs = mixed_jobs(webui.index)
    alone = [webui.img2img(image, mask, **job) for image, mask, job in jobs]
    assert [answer.status for answer in alone].count(422) == 4
    order = np.random.default_rng(0).permutation(200) % len(jobs)
    for count, number in enumerate(order):
        if count == 40:
            warm = webui.memory()
        image, mask, job = jobs[number]
        answer = webui.img2img(image, mask, **job)
        assert answer.status == alone[number].status
        if answer.status == 422:
            assert answer.body["detail"] == alone[number].body["detail"]
            continue
        assert same(answer.run.prepared, alone[number].run.prepared)
        assert same_result(answer.images[0], alone[number].images[0])
        assert answer.infotext == alone[number].infotext
    assert webui.memory() - warm < 100
    assert "Traceback" not in webui.log()[before:]


def test_jobs_sent_at_once_get_their_own_results(webui):
    jobs = mixed_jobs(webui.index)
    alone = [webui.img2img(image, mask, **job) for image, mask, job in jobs]
    with ThreadPoolExecutor(4) as pool:
        send = [pool.submit(webui.img2img, image, mask, **job) for image, mask, job in jobs]
    for first, sent in zip(alone, send, strict=True):
        again = sent.result()
        assert again.status == first.status
        assert again.body.get("detail") == first.body.get("detail")
        if first.status == 200:
            assert again.infotext == first.infotext
            assert same_result(again.images[0], first.images[0])


# --- the log, after all jobs ------------------------------------------------------------------


def test_no_hook_has_failed_so_far(webui):
    assert "*** Error" not in webui.log().partition("Startup time")[2]
    assert not webui.failures()


# --- a WebUI of another kind ------------------------------------------------------------------


def test_beside_another_masked_content_extension_both_work(tmp_path, command_line):
    with WebUI(tmp_path, aa_other=OTHER) as webui:
        assert webui.index == 5
        ours = webui.img2img(IMAGE, MASK, inpainting_fill=5).run
        named = webui.img2img(IMAGE, MASK, **by_name()).run
        other = webui.img2img(IMAGE, RED, inpainting_fill=4).run
    prepared, _ = command_line.fill(IMAGE, MASK)
    assert same(ours.prepared, prepared)
    assert same(named.prepared, prepared)
    assert same(other.prepared, Image.new("RGB", IMAGE.size, (0, 255, 255)))


@needs_order
def test_beside_neuralmaster_0_9_there_is_one_choice_and_ours_does_the_job(tmp_path, command_line):
    others = {"neuralmaster_inpainter": NEURALMASTER_0_9}
    with WebUI(tmp_path, folder="zz_neuralmaster", **others) as webui:
        assert webui.choices() == [*STOCK, "NeuralMaster"]
        by_index = webui.img2img(IMAGE, MASK, inpainting_fill=webui.index).run
        named = webui.img2img(IMAGE, MASK, **by_name()).run
        log = webui.log()
    prepared, red = command_line.fill(IMAGE, MASK)
    for run in (by_index, named):
        assert same(run.prepared, prepared)
        assert same(run.picture("process", "mask"), red)
    assert log.count("NeuralMaster 0.9 (neuralmaster_inpainter) is installed as well") == 1


def test_without_a_page_it_works_by_index_and_by_name(tmp_path, command_line):
    with WebUI(tmp_path, "--nowebui") as webui:
        assert webui.get(PROPS)["menu_item_name"] == "NeuralMaster"
        by_index = webui.img2img(IMAGE, MASK, inpainting_fill=webui.index).run
        named = webui.img2img(IMAGE, MASK, **by_name()).run
    prepared, red = command_line.fill(IMAGE, MASK)
    for run in (by_index, named):
        assert same(run.prepared, prepared)
        assert same(run.picture("process", "mask"), red)
