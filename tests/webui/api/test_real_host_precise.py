"""A mask blur in 32 bit, a setting of Forge Neo's, in a real WebUI."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.webui.api.test_real_host_unmasked import magenta_where_filled
from tests.webui.real_host import by_name, changed, needs_precise_masks, needs_webui, same
from tests.webui.scene import IMAGE, MASK, RED, host_mask

pytestmark = [needs_webui, needs_precise_masks]

SETTING = "img2img_inpaint_precise_mask"


@pytest.fixture
def precise(webui):
    """Switches it on for a test: an override would stay, since config.json lacks the setting."""
    assert webui.post("/sdapi/v1/options", {SETTING: True})[0] == 200
    yield
    webui.post("/sdapi/v1/options", {SETTING: False})


@pytest.mark.parametrize("only_masked", [False, True], ids=["whole", "only masked"])
@pytest.mark.parametrize("blur", [0, 4])
@pytest.mark.parametrize("fill", ["ours", "magenta"])
def test_what_is_not_masked_comes_back(webui, precise, only_masked, blur, fill):
    job = {"inpaint_full_res": only_masked, "mask_blur": blur}
    ours = by_name()
    if fill == "magenta":
        ours["alwayson_scripts"] |= magenta_where_filled()
    answer = webui.img2img(IMAGE, MASK, **job, **ours)
    kept = host_mask(RED, blur=blur) == 0
    assert kept.sum() > 1000
    assert changed(answer.images[0], IMAGE, kept) == 0
    original = webui.img2img(IMAGE, RED, **job)
    assert same(answer.run.overlays()[0], original.run.overlays()[0])
    assert same(answer.run.overlays()[0], IMAGE)


@pytest.mark.parametrize("only_masked", [False, True], ids=["whole", "only masked"])
def test_by_an_override_what_is_not_masked_comes_back(webui, only_masked):
    job = {"inpaint_full_res": only_masked, "denoising_strength": 0, **by_name()}
    try:
        answer = webui.img2img(IMAGE, MASK, **job, override_settings={SETTING: True})
    finally:
        webui.img2img(IMAGE, RED, override_settings={SETTING: False})
    assert changed(answer.images[0], IMAGE, np.asarray(RED) == 0) == 0
    assert same(answer.run.overlays()[0], IMAGE)


def test_init_images_are_saved_as_they_were_sent(webui, precise, tmp_path):
    folder, save = "outdir_init_images", "save_init_img"
    usual = webui.get("/sdapi/v1/options")[folder]
    webui.post("/sdapi/v1/options", {folder: str(tmp_path), save: True})
    try:
        answer = webui.img2img(IMAGE, MASK, **by_name())
    finally:
        webui.post("/sdapi/v1/options", {folder: usual, save: False})
    (saved,) = tmp_path.rglob("*.png")
    assert saved.stem == answer.run.fields("postprocess")["init_img_hash"]
    with Image.open(saved) as image:
        assert same(image, IMAGE)
