"""The studio's tab in a real WebUI, by a person in Chromium."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from neuralmaster import files, preprocess
from tests.pictures import ROOT, textured_scene
from tests.webui.person import Person, keep_shot, needs_a_person
from tests.webui.real_host import alike

pytestmark = needs_a_person

EXAMPLE = files.read(ROOT / "docs" / "example" / "image.png")


@pytest.fixture
def person(browser, webui):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Person(page, webui)
    page.close()
    assert not [error for error in errors if "neuralmaster" in error]


def act(page, run):
    """Does something in the studio and waits for what comes of it."""
    page.evaluate("window.before = neuralmasterStudio.answer()")
    run()
    page.wait_for_function("neuralmasterStudio.answer() !== window.before")


def stroke(page, start, end):
    box = page.locator("#nm_canvas").bounding_box()
    for k in range(9):
        at = [a + (b - a) * k / 8 for a, b in zip(start, end, strict=True)]
        x, y = page.evaluate("at => neuralmasterCanvas.toPane(at)", at)
        page.mouse.move(box["x"] + 1 + x, box["y"] + 1 + y)
        if k == 0:
            page.mouse.down()
    page.mouse.up()


def paint_the_example(person):
    page = person.page
    person.open("NeuralMaster")
    act(page, lambda: page.click("#nm_example"))
    act(page, lambda: stroke(page, (0.5, 0.1), (0.5, 0.88)))


def keep_page(page, name):
    page.mouse.move(3, 3)
    page.wait_for_timeout(500)
    keep_shot(name, Image.open(io.BytesIO(page.screenshot())))


def mask_of(page):
    with page.expect_download() as given:
        page.click("#nm_mask")
    return files.read(given.value.path())


def test_send_to_inpaint_upload_and_generate(person):
    page = person.page
    paint_the_example(person)
    page.wait_for_selector("#nm_said .nm-good")
    keep_page(page, "studio-tab.png")
    mask = mask_of(page)
    page.click("#nm_send")
    page.wait_for_selector("#img_inpaint_base img", timeout=20_000)
    page.wait_for_selector("#img_inpaint_mask img", timeout=20_000)
    person.wait_for("NeuralMaster")
    page.wait_for_timeout(1500)
    keep_page(page, "studio-sent.png")
    (run,) = person.generate()
    assert alike(run.prepared, preprocess(EXAMPLE, mask).image)
    assert person.result().size == EXAMPLE.size


def test_over_a_slow_line_the_size_that_was_sent_stays(person):
    page = person.page
    paint_the_example(person)
    line = {"offline": False, "latency": 1000, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
    page.click("#nm_send")
    page.wait_for_selector("#img_inpaint_mask img", timeout=60_000)
    page.wait_for_timeout(8000)  # what the host had on its way is there
    sides = [f"#img2img_{side} input[type=number]" for side in ("width", "height")]
    assert [int(page.input_value(side)) for side in sides] == list(EXAMPLE.size)


def test_a_picture_is_taken_from_img2img(person):
    image, _ = textured_scene(320, 256)
    page = person.page
    person.open_mode("Inpaint upload")
    person.upload("#img_inpaint_base", image)
    person.open("NeuralMaster")
    act(page, lambda: page.click("#nm_take"))
    act(page, lambda: stroke(page, (0.45, 0.5), (0.55, 0.5)))
    assert mask_of(page).size == image.size


def test_the_mask_of_inpaint_upload_is_taken_with_the_picture(person):
    image, mask = textured_scene(320, 256)
    page = person.page
    person.upload_for_inpainting(image, mask)
    person.open("NeuralMaster")
    act(page, lambda: page.click("#nm_take"))
    page.wait_for_selector("#nm_said .nm-good")
    made, given = (np.asarray(m.convert("RGB")).astype(int) for m in (mask_of(page), mask))
    assert np.abs(made - given)[..., :2].max() <= 8


def test_nothing_of_ours_has_failed_so_far(webui):
    assert not webui.failures()
    assert "The studio failed" not in webui.log()
