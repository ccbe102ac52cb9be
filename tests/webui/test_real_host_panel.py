"""The panel and its preview in a real WebUI, by a person in Chromium."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from tests.pictures import EXAMPLE, textured_scene
from tests.webui.person import PANEL, RADIO, Person, keep_shot, needs_a_person
from tests.webui.real_host import by_name, changed, same

pytestmark = needs_a_person

IMAGE, MASK = textured_scene(512, 512)
RED, GREEN = MASK.getchannel("R"), MASK.getchannel("G")
SHOWN = "#neuralmaster_preview"


def wait_until(person, state):
    person.page.locator(PANEL).wait_for(state=state)


def preview(person):
    """Presses Preview; what is said, and the pictures by their captions."""
    person.open_panel()
    before = len(person.webui.runs())
    content = (
        f"[...document.querySelectorAll('{SHOWN} :is(p, figure)')].map(e => e.outerHTML).join()"
    )
    old = person.page.evaluate(content)
    person.page.click("#neuralmaster_preview_button")
    person.page.wait_for_function(f"old => {content} && {content} != old", arg=old)
    assert len(person.webui.runs()) == before
    said = person.page.locator(f"{SHOWN} p").all_inner_texts()
    pictures = {}
    for figure in person.page.locator(f"{SHOWN} figure").all():
        data = figure.locator("img").get_attribute("src").partition(",")[2]
        caption = figure.locator("figcaption").inner_text()
        pictures[caption] = Image.open(io.BytesIO(base64.b64decode(data)))
    return said, pictures


def apart(one, other):
    """The mean difference in levels between two pictures of one size, all texture left out."""
    assert one.size == other.size
    pair = (np.asarray(picture.convert("RGB").reduce(8), np.int16) for picture in (one, other))
    return float(np.abs(np.subtract(*pair)).mean())


def test_the_panel_is_there_while_neuralmaster_is_chosen(person, webui):
    infotext = webui.img2img(IMAGE, MASK, **by_name()).infotext
    person.open_mode("Inpaint upload")
    wait_until(person, "hidden")
    person.choose("NeuralMaster")
    wait_until(person, "visible")
    assert not person.page.locator("#neuralmaster_method").is_visible()  # folded
    person.open_mode("Inpaint")
    wait_until(person, "visible")
    person.open_mode("img2img")
    wait_until(person, "hidden")
    person.open_mode("Inpaint upload")
    person.choose("original")
    wait_until(person, "hidden")
    person.page.fill("#img2img_prompt textarea", infotext)
    person.page.click("#img2img_tools #paste")
    person.wait_for("NeuralMaster")
    person.open_mode("Inpaint upload")  # pasting switches to plain img2img
    wait_until(person, "visible")


def test_preview_shows_what_the_model_would_be_given(person, command_line):
    person.upload_for_inpainting(IMAGE, MASK)
    person.choose("NeuralMaster")
    person.open_panel()
    person.choose("mean", "#neuralmaster_method")
    said, pictures = preview(person)
    (sentence,) = said
    assert re.fullmatch(
        r"Filled by mean\. Colour is taken from \d+\.\d% of the picture; "
        r"its mean is \d+, \d+, \d+\.",
        sentence,
    )
    assert list(pictures) == [
        "Red: area to repaint",
        "Green: useful object",
        "Useful area: gives colour",
        "Prepared image",
    ]
    prepared, _ = command_line.fill(IMAGE, MASK, "--method", "mean")
    assert apart(pictures["Prepared image"], prepared) < 1
    assert apart(pictures["Prepared image"], IMAGE) > 4
    (run,) = person.generate()
    assert same(run.prepared, prepared)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_preview_is_shown_in_both_themes(browser, webui, theme):
    page = browser.new_page(viewport={"width": 1290, "height": 2600}, color_scheme=theme)
    person = Person(page, webui, f"?__theme={theme}")
    image, mask = (Image.open(EXAMPLE / f"{name}.png") for name in ("image", "mask"))
    person.upload_for_inpainting(image, mask)
    person.choose("NeuralMaster")
    person.open_panel()
    keep_shot(f"webui-panel-{theme}.png", person.shot(RADIO, PANEL))
    said, pictures = preview(person)
    assert said[0].startswith("Filled by context.")
    assert len(pictures) == 4
    page.wait_for_timeout(300)
    keep_shot(f"webui-preview-{theme}.png", person.shot(PANEL))
    person.upload("#img_inpaint_mask", mask.getchannel("R").convert("RGB"))
    page.wait_for_timeout(500)
    said, pictures = preview(person)
    assert said[0].startswith("Original is used: the mask's red and green channels match")
    assert list(pictures)[-1] == "Original"
    page.wait_for_timeout(300)
    keep_shot(f"webui-fallback-{theme}.png", person.shot(PANEL))
    page.close()


def test_preview_of_an_empty_tab_says_what_is_missing(person):
    person.open_mode("Inpaint upload")
    person.choose("NeuralMaster")
    assert preview(person) == (
        ["No preview: Inpaint upload has no image yet; put one there."], {}
    )  # fmt: skip
    person.upload("#img_inpaint_base", IMAGE)
    assert preview(person)[0] == ["No preview: Inpaint upload has no mask yet; put one there."]
    person.open_mode("Inpaint")
    assert preview(person)[0] == ["No preview: Inpaint has no image yet; put one there."]


@pytest.mark.parametrize(
    ("tab", "canvas"), [("Inpaint", "#img2maskimg"), ("Inpaint sketch", "#inpaint_sketch")]
)
def test_preview_of_a_drawn_mask_is_what_its_job_gets(person, tab, canvas):
    person.open_mode(tab)
    person.upload(canvas, IMAGE)
    person.choose("NeuralMaster")
    person.open_panel()
    person.choose("all", "#neuralmaster_source")
    person.page.wait_for_timeout(1000)  # the canvas grows to its size
    person.draw(canvas, (0.12, 0.45), (0.3, 0.5))
    said, pictures = preview(person)
    assert said[-1].startswith("Filled by context.")
    (run,) = person.generate()
    assert apart(pictures["Prepared image"], run.prepared) < 1
    assert changed(run.prepared.convert("RGB"), IMAGE, np.ones((512, 512), bool)) > 100


def test_not_masked_is_previewed_as_it_is_done(person, command_line):
    person.upload_for_inpainting(IMAGE, MASK)
    person.choose("NeuralMaster")
    person.choose("Inpaint not masked", "#img2img_mask_mode")
    _, pictures = preview(person)
    prepared, _ = command_line.fill(IMAGE, MASK, "--invert")
    assert apart(pictures["Prepared image"], prepared) < 1


def test_an_object_mask_can_be_uploaded(person, command_line):
    person.upload_for_inpainting(IMAGE, RED)
    person.choose("NeuralMaster")
    person.open_panel()
    picture = person.page.locator("#neuralmaster_object_mask")
    assert not picture.is_visible()
    person.choose("upload", "#neuralmaster_source")
    picture.wait_for(state="visible")
    said, _ = preview(person)
    assert said == [
        "No preview: object_mask: expected a picture of the useful object, got none; upload one, "
        "or choose another source for the object."
    ]
    person.upload("#neuralmaster_object_mask", GREEN)
    person.page.wait_for_timeout(700)
    said, pictures = preview(person)
    assert said[0].startswith("Filled by context.")
    prepared, red = command_line.fill(IMAGE, MASK)
    assert apart(pictures["Prepared image"], prepared) < 1
    (run,) = person.generate()
    assert same(run.prepared, prepared)
    assert same(run.picture("process", "mask"), red)
    assert "NeuralMaster source: upload" in (
        person.page.locator("#html_info_img2img").first.inner_text()
    )
    person.choose("green", "#neuralmaster_source")  # the picture stays, and does not count
    picture.wait_for(state="hidden")
    said, _ = preview(person)
    assert said[0].startswith("Original is used: the mask's red and green channels match")


def test_without_the_picture_an_upload_is_refused(person):
    person.upload_for_inpainting(IMAGE, MASK)
    person.choose("NeuralMaster")
    person.open_panel()
    person.choose("upload", "#neuralmaster_source")
    (run,) = person.generate()
    assert run.stages() == ["process"]
    sentence = "NeuralMaster: object_mask: expected a picture of the useful object, got none"
    assert sentence in person.refusal()


def test_the_settings_have_their_section(person):
    person.open("Settings")
    person.page.click('#settings button:text-is("NeuralMaster")')
    shown = person.page.locator("#settings_neuralmaster")
    labels = [
        "Default: Fill method", "Default: Useful object", "Default: Feather",
        "Save the prepared image beside the result",
        "Save the two-channel mask beside the result",
        "Default: Gradient while sampling", "Default: Match the result", "Default: Match strength",
    ]  # fmt: skip
    for label in labels:
        assert shown.locator(f'text="{label}"').first.is_visible(), label
    keep_shot("webui-settings.png", person.shot("#settings_neuralmaster"))


def test_a_default_of_the_settings_is_on_the_page(browser, webui):
    """And stays settable: the host does not keep the first one in its ui-config.json."""
    assert webui.post("/sdapi/v1/options", {"neuralmaster_method": "classic"})[0] == 200
    try:
        config = webui.get("/config")["components"]
        shown = [c["props"] for c in config if c["props"].get("elem_id") == "neuralmaster_method"]
        assert [props["value"] for props in shown] == ["context"]  # until the page is made anew
        kept = (webui.data / "ui-config.json").read_text()
        assert "customscript/neuralmaster.py" not in kept
    finally:
        webui.post("/sdapi/v1/options", {"neuralmaster_method": "context"})
