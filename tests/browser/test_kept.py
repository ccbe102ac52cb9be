"""Nothing is lost: not by a reload, an outage, another picture, or a server that starts anew."""

from __future__ import annotations

import numpy as np
from PIL import Image

from neuralmaster import files
from tests.browser.person import GIVE, Person, as_png
from tests.browser.server import Server
from tests.pictures import pixels, textured_scene


def saved(person):
    """Waits until what was done is on the disk."""
    person.is_idle()
    person.page.wait_for_timeout(500)


def paint(person, *xs):
    for x in xs:
        person.stroke((x, 0.3), (x, 0.7))


def painted(person):
    """Where the middle row of the mask is red, in tenths of its width."""
    person.is_idle()
    mask = pixels(files.read(person.download("mask").path()))
    row = mask[mask.shape[0] // 2, :, 0]
    return [k for k in range(1, 10) if row[int(len(row) * k / 10)] > 200]


def test_work_is_offered_again_after_a_reload(person):
    person.load_the_example()
    paint(person, 0.2, 0.5)
    person.does(person.choose, "method", "mean")
    saved(person)
    mask = person.mask()
    person.page.reload()
    person.is_there()
    person.page.wait_for_selector("#nm_offer", state="visible")
    text = person.page.inner_text("#nm_offer span")
    assert text.startswith("Your work on example.png of ")
    assert text.endswith(" was kept: 3 steps.")
    person.click("continue")
    person.wait_for_word("Filled by mean")
    person.is_idle()
    assert np.array_equal(person.mask(), mask)
    assert person.page.is_checked('#nm_method input[value="mean"]')
    assert not person.page.is_visible("#nm_offer")
    person.does(person.click, "undo")
    assert painted(person) == [2]


def test_work_that_is_discarded_is_not_offered_again(person):
    person.load_the_example()
    paint(person, 0.5)
    saved(person)
    person.come()
    person.page.wait_for_selector("#nm_offer", state="visible")
    person.click("discard")
    assert not person.page.is_visible("#nm_offer")
    person.page.wait_for_timeout(300)
    person.come()
    person.page.wait_for_timeout(500)
    assert not person.page.is_visible("#nm_offer")


def test_work_of_a_page_that_is_open_is_offered_to_no_other(person):
    person.load_the_example()
    paint(person, 0.5)
    saved(person)
    other = person.context.new_page()
    other.goto(person.page.url)
    other.wait_for_selector("#neuralmaster_studio[data-ready]")
    other.wait_for_timeout(1500)
    assert not other.is_visible("#nm_offer")


def test_a_picture_is_replaced_after_a_question_if_there_is_work_to_lose(person):
    person.load_the_example()
    other = [as_png(textured_scene(300, 200)[0]), "other.png", "image/png"]
    paint(person, 0.5)
    person.page.evaluate(GIVE, ["drop", *other])
    assert person.page.inner_text("#nm_ask_text") == (
        "Replace this picture? Its mask has not been saved."
    )
    person.click("no")
    assert painted(person) == [5]  # which saves it
    person.does(person.page.evaluate, GIVE, ["drop", *other])
    person.is_idle()
    assert person.page.evaluate("neuralmasterCanvas.size()") == {"width": 300, "height": 200}
    person.does(person.stroke, (0.5, 0.5))
    person.page.evaluate(GIVE, ["drop", *other])
    person.does(person.click, "yes")
    person.is_idle()
    assert person.state()["is_marked"] is False


def test_leaving_the_page_with_work_on_it_is_asked_about(person):
    asked = []
    person.page.on("dialog", lambda dialog: asked.append(dialog.type))
    person.load_the_example()
    person.come()
    assert asked == []
    person.load_the_example()
    paint(person, 0.5)
    person.is_idle()
    person.come()
    assert asked == ["beforeunload"]


def test_strokes_drawn_without_a_network_are_not_lost(person):
    person.load_the_example()
    paint(person, 0.2)
    person.is_idle()
    person.context.set_offline(True)
    paint(person, 0.4)
    person.wait_for_word("The studio's server does not answer. 1 stroke waits here.")
    paint(person, 0.6)
    person.wait_for_word("2 strokes wait here. Trying again.")
    person.page.wait_for_timeout(10_000)
    person.context.set_offline(False)
    person.wait_for_word("Filled by context")
    assert painted(person) == [2, 4, 6]


def test_a_picture_is_seen_and_painted_before_the_server_has_it(browser, tmp_path):
    server = Server(tmp_path / "log")
    server.start()
    person = Person(browser, server.url)
    try:
        other = [as_png(textured_scene(300, 200)[0]), "other.png", "image/png"]
        server.kill()
        person.page.evaluate(GIVE, ["drop", *other])
        person.page.wait_for_function("neuralmasterCanvas.isOpen()")
        paint(person, 0.3)
        person.wait_for_word("The studio's server does not answer. 1 stroke waits here.")
        assert person.page.evaluate("neuralmasterStudio.pendingStrokes().length") == 1
        server.start()
        person.wait_for_word("Filled by context")
        assert painted(person) == [3]
        assert person.state()["undo"] == 1
        assert not person.errors
    finally:
        server.stop()
        person.context.close()


def test_a_picture_that_is_refused_is_not_shown_any_more(person):
    person.page.route("**/open?*", lambda route: route.fulfill(status=413, json={"detail": "no"}))
    other = [as_png(textured_scene(300, 200)[0]), "other.png", "image/png"]
    person.page.evaluate(GIVE, ["drop", *other])
    person.wait_for_word("no")
    assert not person.page.evaluate("neuralmasterCanvas.isOpen()")
    person.page.unroute("**/open?*")
    person.does(person.page.evaluate, GIVE, ["drop", *other])
    person.does(person.stroke, (0.5, 0.5))
    assert painted(person) == [5]


def test_a_picture_that_was_put_away_is_opened_again(person):
    person.load_the_example()
    paint(person, 0.2)
    person.is_idle()
    key = person.page.evaluate("neuralmasterSession.getKey()")
    person.page.evaluate(
        "key => fetch(`/neuralmaster/v1/studio/${key}/closed`, { method: 'POST' })", key
    )
    assert painted(person) == [2]
    person.page.evaluate(
        "key => fetch(`/neuralmaster/v1/studio/${key}/closed`, { method: 'POST' })", key
    )
    paint(person, 0.7)
    assert painted(person) == [2, 7]


def test_a_server_that_is_killed_and_started_anew(browser, tmp_path):
    server = Server(tmp_path / "log")
    server.start()
    person = Person(browser, server.url)
    try:
        person.load_the_example()
        paint(person, 0.2)
        person.does(person.click, "undo")
        paint(person, 0.3)
        person.is_idle()
        server.kill()
        paint(person, 0.5, 0.7)
        person.wait_for_word("2 strokes wait here.")
        server.start()
        person.wait_for_word("Filled by context")
        assert painted(person) == [3, 5, 7]
        person.does(person.click, "undo")
        assert painted(person) == [3, 5]
        assert not person.errors
    finally:
        server.stop()
        person.context.close()


def test_many_strokes_are_kept_as_the_mask_that_they_made(person):
    person.load_the_example()
    person.page.evaluate(
        """() => {
            for (let k = 0; k < 130; k++)
                neuralmasterStudio.act({ act: "stroke", layer: "inpaint", tool: "paint",
                    brush: 0.02, points: [[(k % 13) / 13, Math.floor(k / 13) / 10 + 0.05]] });
        }"""
    )
    saved(person)
    mask = person.mask()
    assert person.state()["undo"] == 100
    person.come()
    person.page.wait_for_selector("#nm_offer", state="visible")
    assert "was kept: 1 step." in person.page.inner_text("#nm_offer span")
    person.click("continue")
    person.wait_for_word("Filled by context")
    person.is_idle()
    assert np.array_equal(person.mask(), mask)


def test_what_takes_long_shows_how_far_it_is_and_can_be_cancelled(person):
    person.load_the_example()
    line = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 60_000}
    devices = person.context.new_cdp_session(person.page)
    devices.send("Network.enable")
    devices.send("Network.emulateNetworkConditions", line)
    noise = np.random.default_rng(0).integers(0, 256, (400, 500, 3), np.uint8)
    person.page.evaluate(GIVE, ["drop", as_png(Image.fromarray(noise)), "noise.png", "image/png"])
    person.page.wait_for_selector("#nm_busy:has-text('Uploading')")
    person.page.wait_for_function(
        "/Uploading [1-9][0-9]?%/.test(document.querySelector('#nm_busy span').textContent)"
    )
    person.click("cancel")
    person.page.wait_for_selector("#nm_busy", state="hidden")
    assert person.page.evaluate("neuralmasterCanvas.size()") == {"width": 768, "height": 768}
    devices.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": -1})
    person.does(person.stroke, (0.5, 0.5))
    assert painted(person) == [5]
