"""Grain, settings and the files that they leave, in a real WebUI."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.webui.real_host import (
    by_name,
    changed,
    needs_hard_latents,
    needs_soft_latents,
    needs_webui,
    same,
    same_result,
)
from tests.webui.scene import IMAGE, MASK, RED

pytestmark = needs_webui


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
    assert soft.our_keys["NeuralMaster gradient"] == "blend"
    red = np.asarray(RED)
    assert changed(soft.images[0], hard.images[0], (red > 32) & (red < 224)) > 1000
    assert changed(soft.images[0], IMAGE, red == 0) == 0
    again = webui.img2img(IMAGE, MASK, **job)
    assert same_result(again.images[0], hard.images[0])
    assert "NeuralMaster gradient" not in again.our_keys


@needs_hard_latents
def test_a_gradient_that_cannot_be_kept_is_told(webui, command_line):
    settings = {"neuralmaster_keep_gradient": True}
    answer = webui.img2img(IMAGE, MASK, **by_name(), override_settings=settings)
    assert same(answer.run.prepared, command_line.fill(IMAGE, MASK)[0])
    assert answer.our_keys["NeuralMaster note"].startswith("The gradient was not kept: ")
