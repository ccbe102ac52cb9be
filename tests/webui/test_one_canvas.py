"""ersatzForge: one canvas for all, and other tabs; read as its own img2img.py does."""

import importlib

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.webui.fake_host import Component, Radio, install

METHODS = ["img2img", "sketch", "inpaint", "inpaint+", "lama (no save)", "MAT (no save)"]


def one_canvas(mode, init_img_bg, init_img_fg, method, *args): ...


@pytest.fixture
def tabs(host, probed, monkeypatch):
    """The module, with a page of the host's components in their order."""
    install(monkeypatch, "img2img", img2img=one_canvas)
    probed()
    module = importlib.import_module("neuralmaster.webui.tabs")
    module._components.clear()
    canvas = Component(elem_id="img2img_image", choices=None)
    under, over = (Component(elem_id=None, choices=None) for _ in range(2))
    methods = Component(elem_id=None, choices=[(name, name) for name in METHODS])
    resize = Component(elem_id=None, choices=["Just resize", "Crop and resize"])
    for component, classes in (
        (canvas, None),
        (under, ["logical_image_background"]),
        (over, ["logical_image_foreground"]),
        (methods, None),
        (resize, None),
        (Component(elem_id="img_inpaint_base"), None),
        (Component(elem_id="img_inpaint_mask"), None),
        (methods, None),
        (Radio(), None),
    ):
        for callback in host.callbacks["after_component"]:
            callback(component, elem_id=component.elem_id, elem_classes=classes)
    module.made = {"under": under, "over": over, "methods": methods}
    return module


def test_its_tabs_and_canvas_are_probed(probed, monkeypatch):
    install(monkeypatch, "img2img", img2img=one_canvas)
    found = probed()
    assert found.canvases == ("img2img_image",)
    assert {place: name for place, (name, _) in found.tabs.items()} == {
        0: "img2img",
        1: "Inpaint upload",
    }
    assert found.hard_masks is True


def test_a_preview_reads_the_parts_of_its_canvas_and_the_method(tabs):
    shown = tabs.shown()
    canvas = "img2img_image"
    assert shown[canvas, "background"] is tabs.made["under"]
    assert shown[canvas, "foreground"] is tabs.made["over"]
    assert shown[canvas, "method"] is tabs.made["methods"]
    assert (canvas, "before") not in shown
    assert tabs.loses_gradients()


def strokes():
    alpha = np.zeros((200, 300), np.uint8)
    alpha[20:30, 40:60], alpha[30:34, 40:60] = 255, 128
    picture = Image.new("RGBA", (300, 200), (250, 10, 20, 0))
    picture.putalpha(Image.fromarray(alpha))
    return picture


@pytest.mark.parametrize("method", METHODS)
def test_its_one_canvas_is_read_as_the_method_says(tabs, method):
    under, over = Image.new("RGBA", (300, 200), (0, 90, 180, 255)), strokes()
    canvas = "img2img_image"
    values = {
        (canvas, "background"): under,
        (canvas, "foreground"): over,
        (canvas, "method"): method,
    }
    if method not in ("inpaint", "inpaint+"):
        with pytest.raises(ValueError, match=r"^img2img has no mask yet; put one there$"):
            tabs.picked(0, values)
        return
    image, mask = tabs.picked(0, values)
    alpha = over.getchannel("A")
    if method == "inpaint+":
        alpha = alpha.filter(ImageFilter.MaxFilter(int(0.015 * 200) * 2 + 1))
        under = Image.alpha_composite(under, over)
    assert image.tobytes() == under.tobytes()
    assert mask.tobytes() == alpha.point(lambda level: 255 if level > 128 else 0).tobytes()


def test_in_a_small_picture_strokes_are_not_widened(tabs):
    """By one pixel, that is: Pillow may end the process, and with it the WebUI."""
    under, over = (picture.resize((60, 40)) for picture in (Image.new("RGBA", (9, 9)), strokes()))
    canvas = "img2img_image"
    values = {(canvas, "background"): under, (canvas, "foreground"): over}
    _, mask = tabs.picked(0, {**values, (canvas, "method"): "inpaint+"})
    alpha = over.getchannel("A")
    assert mask.tobytes() == alpha.point(lambda level: 255 if level > 128 else 0).tobytes()


def test_without_a_picture_that_is_told(tabs):
    with pytest.raises(ValueError, match=r"^img2img has no image yet; put one there$"):
        tabs.picked(0, {("img2img_image", "method"): "inpaint"})
    with pytest.raises(ValueError, match=r"^img2img has no image yet; put one there$"):
        tabs.picked(0, {("img2img_image", "method"): "inpaint+"})


def test_a_tab_without_a_mask_names_those_that_have_one(tabs):
    with pytest.raises(
        ValueError, match=r"^open img2img or Inpaint upload to see a preview of it$"
    ):
        tabs.picked(2, {})


def test_inpaint_upload_is_its_second_tab(tabs):
    image, mask = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "lime")
    values = {"img_inpaint_base": image, "img_inpaint_mask": mask}
    assert [one.tobytes() for one in tabs.picked(1, values)] == [image.tobytes(), mask.tobytes()]
