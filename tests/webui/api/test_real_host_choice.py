"""Jobs by index and by name in a real WebUI, and what becomes of `p`."""

from __future__ import annotations

import pytest

from neuralmaster import __version__
from tests.webui.real_host import (
    PROPS,
    by_name,
    needs_webui,
    same,
)
from tests.webui.scene import GRAY, IMAGE, MASK

pytestmark = needs_webui


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
    off = [{"enabled": False, "method": "mean"}, None, None, None, "", None, "", *[None] * 4]
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
        "menu_item_index": len(webui.host["choices"]),  # 4, or 6 in ersatzForge
    }
