"""A real WebUI beside other extensions of its kind, and without a page."""

from __future__ import annotations

from PIL import Image

from tests.webui.real_host import (
    PROPS,
    STOCK,
    WebUI,
    by_name,
    needs_order,
    needs_webui,
    same,
)
from tests.webui.scene import IMAGE, MASK, RED

pytestmark = needs_webui


def test_beside_another_masked_content_extension_both_work(tmp_path, command_line):
    with WebUI(tmp_path, beside=("aa_other",)) as webui:
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
    with WebUI(tmp_path, folder="zz_neuralmaster", beside=("neuralmaster_inpainter",)) as webui:
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
