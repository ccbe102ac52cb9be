"""The page in Russian, in a real WebUI, by a person in Chromium."""

from __future__ import annotations

import re

import pytest

from tests.pictures import textured_scene
from tests.webui.person import PANEL, Person, keep_shot, needs_a_person
from tests.webui.real_host import WebUI

pytestmark = needs_a_person

IMAGE, MASK = textured_scene(512, 512)
STUDIO = "#neuralmaster_studio"
# The texts that a person sees of an element, and of what is in it.
TEXTS = """root => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), texts = [];
    for (let node; (node = walk.nextNode()); ) {
        const parent = node.parentElement;
        if (parent.closest("style, script, textarea") || !parent.getClientRects().length) continue;
        texts.push(node.textContent.trim());
    }
    return texts;
}"""
# Names of values are the same in every language; * and numbers are nobody's.
KEPT = re.compile(r"NeuralMaster|[a-z]+|[\W\d]*|default|\d+ ?%")


def english(texts):
    return [
        text for text in texts if not (KEPT.fullmatch(text) or re.search("[\u0400-\u04ff]", text))
    ]


@pytest.fixture(scope="module")
def webui(tmp_path_factory):
    with WebUI(tmp_path_factory.mktemp("webui")) as running:
        assert running.post("/sdapi/v1/options", {"localization": "ru_RU"})[0] == 200
        running.kill()
        running.start()  # the page is built with it
        yield running


@pytest.fixture
def person(browser, webui):
    page = browser.new_page(viewport={"width": 1290, "height": 2600})
    yield Person(page, webui)
    page.close()


def test_the_panel_and_a_preview_are_in_russian(person):
    person.upload_for_inpainting(IMAGE, MASK)
    person.choose("NeuralMaster")
    person.open_panel()
    person.page.click("#neuralmaster_preview_button")
    person.page.wait_for_selector("#neuralmaster_preview figure")
    person.page.wait_for_timeout(500)  # the host translates what has been added
    labels = person.page.locator(f"{PANEL} :is(span, button, figcaption)").all_inner_texts()
    assert {"\u0421\u043f\u043e\u0441\u043e\u0431 \u0437\u0430\u043b\u0438\u0432\u043a\u0438"} <= {
        text.strip() for text in labels
    }
    texts = person.page.locator(PANEL).evaluate(TEXTS)
    sentence = [text for text in texts if text.startswith("Filled by ")]  # it holds figures
    assert english(texts) == sentence
    keep_shot("webui-russian.png", person.shot(PANEL))


def test_a_job_works_in_russian(person):
    """The page looks for the names of choices, which are not translated."""
    person.upload_for_inpainting(IMAGE, MASK)
    person.choose("NeuralMaster")
    person.open_panel()
    person.choose("mean", "#neuralmaster_method")
    (run,) = person.generate()
    assert run.fields("process")["extra_generation_params"]["NeuralMaster method"] == "mean"


def test_the_studio_is_in_russian(person):
    person.open("NeuralMaster")
    studio = person.page.locator(STUDIO)
    studio.wait_for(state="visible")
    person.page.wait_for_timeout(500)
    assert english(studio.evaluate(TEXTS)) == []


def test_the_settings_are_in_russian(person):
    person.open("Settings")
    boxes = person.page.locator("[id^=setting_neuralmaster]")
    boxes.first.wait_for(state="attached")
    found = "boxes => boxes.flatMap((box) => [...box.querySelectorAll('label, .info, span')])"
    texts = boxes.evaluate_all(f"(boxes) => ({found})(boxes).map((e) => e.textContent)")
    assert len(texts) >= 7
    assert english({text.strip() for text in texts}) == []
