"""The preview, and what it reads from the host's tabs, on the fake host."""

import base64
import importlib
import io
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from neuralmaster import preprocess
from tests.pictures import pixels, textured_scene
from tests.webui.fake_host import Component, Radio

IMAGE, MASK = textured_scene(512, 512)
RED, GREEN = MASK.getchannel("R"), MASK.getchannel("G")
GIVEN = (False, "context", "green", 0.0, "")
INPAINT, SKETCH, UPLOAD = 2, 3, 4


class State(Component):
    """gradio's, which has no id."""


def named(*elem_ids):
    return [Component(elem_id=elem_id) for elem_id in elem_ids]


REST = (
    "img_inpaint_base", "img_inpaint_mask", "img2img_mask_blur", "img2img_mask_alpha",
    "img2img_mask_mode", "img2img_inpainting_fill",
)  # fmt: skip


def a1111():
    """The components of A1111's inpaint tabs, in the order in which it makes them."""
    before = State(elem_id=None)
    return [*named("img2maskimg", "inpaint_sketch"), before, *named(*REST), State(elem_id=None)]


def forge():
    canvases = []
    for elem_id in ("img2img_image", "img2maskimg", "inpaint_sketch"):
        canvases += named(elem_id)
        for part in ("foreground", "background"):
            canvases.append(Component(elem_id="uuid_1", elem_classes=[f"logical_image_{part}"]))
    return [*canvases, *named(*REST)]


@pytest.fixture
def page(host):
    """Makes a page; gives a function that presses Preview on a tab, and reads what it shows."""

    def make(components):
        host.add_settings()
        radio = Radio()
        host.context.Context.root_block = SimpleNamespace(blocks={radio._id: radio})
        for component in components:
            is_radio = component.elem_id == radio.elem_id
            for callback in host.callbacks["after_component"]:
                callback(radio if is_radio else component, **vars(component))
        made = host.script.ui(True)
        (button,) = (component for component in host.made if component.label == "Preview")
        show, inputs, _ = button.listeners["click"]
        held = importlib.import_module("neuralmaster.webui.tabs").shown()
        assert inputs[1:] == [*held.values(), *made]

        def press(tab, values, given=GIVEN, **settings):
            settings = {"blur": 0, "alpha": 0, "mode": 0, **settings}
            values = {**values, **{f"img2img_mask_{name}": v for name, v in settings.items()}}
            return seen(show(tab, *(values.get(key) for key in held), *given))

        return press

    return make


def seen(html):
    """The sentences and, by caption, the pictures of a preview."""
    said = re.findall(r"<p [^>]*>(.*?)</p>", html)
    figures = re.findall(r'<figcaption[^>]*>(.*?)</figcaption><img [^>]*base64,(.*?)">', html)
    pictures = {name: Image.open(io.BytesIO(base64.b64decode(data))) for name, data in figures}
    return said, pictures


def apart(one, other):
    pair = (np.asarray(p.convert("RGB").reduce(8), np.int16) for p in (one, other))
    return float(np.abs(np.subtract(*pair)).mean())


def upload(image=IMAGE, mask=MASK):
    return {"img_inpaint_base": image, "img_inpaint_mask": mask}


def test_inpaint_upload_is_shown_as_it_would_be_filled(page):
    said, pictures = page(a1111())(UPLOAD, upload())
    made = preprocess(IMAGE, MASK)
    mean = ", ".join(map(str, made.mean))
    assert said == [
        f"Filled by context. Colour is taken from {made.useful:.1%} of the picture; "
        f"its mean is {mean}."
    ]
    assert {name: picture.size for name, picture in pictures.items()} == {
        "Red: area to repaint": (384, 384),
        "Green: useful object": (384, 384),
        "Useful area: gives colour": (384, 384),
        "Prepared image": (512, 512),
    }
    assert apart(pictures["Prepared image"], made.image) < 1
    small = MASK.resize((384, 384))
    for name, channel in (("Red: area to repaint", 0), ("Green: useful object", 1)):
        shown = pixels(pictures[name].getchannel(channel)).astype(int)
        assert abs(shown - pixels(small.getchannel(channel))).mean() < 3


@pytest.mark.parametrize("mode", [0, 1])
def test_the_useful_area_is_the_object_outside_the_area_to_repaint(page, mode):
    _, pictures = page(a1111())(UPLOAD, upload(), mode=mode)
    shown = pixels(pictures["Useful area: gives colour"]).astype(int)
    image = pixels(IMAGE.resize((384, 384))).astype(int)
    red, green = (pixels(c.resize((384, 384))) for c in (RED, GREEN))
    repainted = red > 140 if mode == 0 else red < 110
    useful = (green > 250) & ~repainted & (abs(red.astype(int) - 128) > 20)
    assert abs(shown - image)[useful].mean() < 8
    dark = (green < 5) | ((green > 250) & repainted)
    assert shown[dark].max() < 100 < image[dark].max()


def test_a_fallback_shows_its_reason_and_the_original(page):
    said, pictures = page(a1111())(UPLOAD, upload(mask=RED))
    assert said == [preprocess(IMAGE, RED).reason.replace("'", "&#x27;")]
    assert list(pictures) == ["Red: area to repaint", "Green: useful object", "Original"]
    assert apart(pictures["Original"], IMAGE) < 1


def test_the_settings_of_the_panel_count(page):
    given = (False, "mean", "all", 12.0, "")
    said, _ = page(a1111())(UPLOAD, upload(mask=RED), given)
    assert said[0].startswith("Filled by mean.")


@pytest.mark.parametrize(
    ("pressed", "sentence"),
    [
        ((0, {}), "open Inpaint, Inpaint sketch or Inpaint upload to see a preview of it"),
        ((UPLOAD, {}), "Inpaint upload has no image yet; put one there"),
        ((UPLOAD, upload(mask=None)), "Inpaint upload has no mask yet; put one there"),
        ((INPAINT, {}), "Inpaint has no image yet; put one there"),
        ((SKETCH, {}), "Inpaint sketch has no image yet; put one there"),
        (
            (UPLOAD, upload(), (False, "context", "green", 600, "")),
            "feather: expected a number from 0 to 512, got 600",
        ),
        (
            (UPLOAD, upload(image=Image.new("LAB", (8, 8)))),
            "expected a gray, RGB or CMYK picture, got mode LAB",
        ),
    ],
)
@pytest.mark.parametrize("host_page", [a1111, forge])
def test_without_a_fill_one_sentence_says_why(page, host_page, pressed, sentence):
    assert page(host_page())(*pressed) == ([f"No preview: {sentence}."], {})


ALL = (False, "context", "all", 0.0, "")


def test_a_mask_drawn_in_a1111(page):
    drawn = {"img2maskimg": {"image": IMAGE, "mask": RED.convert("RGB")}}
    _, pictures = page(a1111())(INPAINT, drawn, ALL)
    expected = preprocess(IMAGE, Image.merge("RGB", [RED, Image.new("L", RED.size, 255), RED]))
    assert apart(pictures["Prepared image"], expected.image) < 1


def sketched():
    """A picture with a white square drawn on it, and the mask of the square."""
    square = Image.new("L", IMAGE.size)
    square.paste(255, (100, 200, 160, 260))
    over = IMAGE.copy()
    over.paste((255, 255, 255), mask=square)
    return over, square


@pytest.mark.parametrize("alpha", [0, 60])
def test_a_sketch_in_a1111_is_its_own_mask(page, alpha):
    over, _ = sketched()
    values = {"inpaint_sketch": over, ("inpaint_sketch", "before"): IMAGE}
    said, pictures = page(a1111())(SKETCH, values, ALL, alpha=alpha)
    assert pixels(pictures["Red: area to repaint"]).max() > 250  # stretched, faded or not
    assert said[0].startswith("Filled by context.")
    shown = np.asarray(pictures["Prepared image"].convert("L"))[210:250, 110:150]
    assert shown.max() < 200  # nothing of the white


def test_an_untouched_sketch_has_no_area_to_repaint(page):
    values = {"inpaint_sketch": IMAGE, ("inpaint_sketch", "before"): None}
    said, _ = page(a1111())(SKETCH, values, ALL)
    assert said[0].startswith("Original is used: the mask&#x27;s red channel is flat")


def strokes(square):
    return Image.merge("RGBA", [square, square, square, square])


@pytest.mark.parametrize("tab", [INPAINT, SKETCH])
def test_a_drawn_mask_in_forge_is_the_opacity_of_its_strokes(page, tab):
    _, square = sketched()
    canvas = {INPAINT: "img2maskimg", SKETCH: "inpaint_sketch"}[tab]
    values = {
        (canvas, "background"): IMAGE.convert("RGBA"), (canvas, "foreground"): strokes(square)
    }  # fmt: skip
    said, pictures = page(forge())(tab, values, ALL)
    assert said[0].startswith("Filled by context.")
    red = np.asarray(pictures["Red: area to repaint"])[..., 0] > 128
    expected = 60 + (2 * 7 if tab == SKETCH else 0)  # the host widens a sketch's mask by 1.5%
    assert abs(np.sqrt(red.sum()) * 512 / 384 - expected) < 2


@pytest.mark.parametrize(("host_page", "asks"), [(a1111, False), (forge, True)])
def test_where_masks_are_made_hard_a_job_is_sent_the_hosts_own_component(
    page, host, host_page, asks
):
    components = host_page()
    page(components)
    (uploaded,) = (c for c in components if c.elem_id == "img_inpaint_mask")
    (preview,) = (component for component in host.made if component.label == "Preview")
    _, inputs, _ = preview.listeners["click"]
    names = importlib.import_module("neuralmaster.webui.arguments").NAMES
    assert (inputs[names.index("mask") - len(names)] is uploaded) == asks


def test_a_stroke_in_forge_is_previewed_as_hard_as_its_job_gets_it(page):
    faint = Image.new("RGBA", IMAGE.size)
    faint.paste((0, 0, 0, 120), (60, 200, 120, 260))
    faint.paste((0, 0, 0, 140), (100, 200, 160, 260))
    values = {
        ("img2maskimg", "background"): IMAGE.convert("RGBA"), ("img2maskimg", "foreground"): faint
    }  # fmt: skip
    _, pictures = page(forge())(INPAINT, values, ALL)
    red = np.asarray(pictures["Red: area to repaint"])[..., 0]
    assert abs(np.sqrt((red > 128).sum()) * 512 / 384 - 60) < 2
    assert red[165, 50] < 8
