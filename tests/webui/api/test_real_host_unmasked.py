"""What is not masked comes back as it was, in a real WebUI."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.webui.real_host import (
    STANDIN,
    b64,
    by_name,
    changed,
    needs_soft_inpainting,
    needs_webui,
    same,
)
from tests.webui.scene import IMAGE, MASK, RED, host_mask

pytestmark = needs_webui

SOFT = {"Soft inpainting": {"args": [True, 1, 0.5, 4, 0, 0.5, 2]}}


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
