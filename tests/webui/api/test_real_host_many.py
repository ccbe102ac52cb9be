"""Another client, and many jobs one after the other and at once, in a real WebUI."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.pictures import textured_scene
from tests.webui.real_host import (
    PROPS,
    by_name,
    needs_webui,
    same,
    same_result,
)
from tests.webui.scene import IMAGE, MASK

pytestmark = needs_webui


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
    start = len(webui.log())
    webui.img2img(IMAGE, MASK)
    host_fails = "Traceback" in webui.log()[start:]  # a script of its own, at every job
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
    assert host_fails or "Traceback" not in webui.log()[before:]
    assert webui.failures() == []


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
