"""The first picture is at hand before the server has it, and nothing done to it is lost."""

from __future__ import annotations

import pytest

from tests.browser.person import GIVE, as_png
from tests.browser.test_kept import paint, painted, saved
from tests.pictures import textured_scene

OTHER = [as_png(textured_scene(300, 200)[0]), "other.png", "image/png"]


@pytest.fixture
def waiting(person):
    """Somebody whose picture is on its way to the server, and does not get there yet."""
    person.page.route("**/open?*", lambda route: None)
    person.page.evaluate(GIVE, ["drop", *OTHER])
    person.page.wait_for_function("neuralmasterCanvas.isOpen()")
    return person


def continued(person, steps):
    """Comes again, to a server that answers, and goes on with the work that was kept."""
    person.page.unroute("**/open?*")
    person.is_there()
    person.page.wait_for_selector("#nm_offer", state="visible")
    assert person.page.inner_text("#nm_offer span").endswith(f"was kept: {steps}.")
    person.click("continue")
    person.wait_for_word("Filled by context")


def test_strokes_drawn_before_the_server_has_the_picture_outlive_a_reload(waiting):
    asked = []
    waiting.page.on("dialog", lambda dialog: asked.append(dialog.type))
    paint(waiting, 0.3, 0.6)
    waiting.page.reload()  # at once
    assert asked == ["beforeunload"]
    continued(waiting, "2 steps")
    assert painted(waiting) == [3, 6]


def test_nothing_is_asked_about_a_picture_to_which_nothing_was_done(waiting):
    asked = []
    waiting.page.on("dialog", lambda dialog: asked.append(dialog.type))
    waiting.page.reload()
    waiting.is_there()
    waiting.page.wait_for_timeout(500)
    assert asked == []
    assert not waiting.page.is_visible("#nm_offer")


def test_a_stroke_outlives_a_reload_that_follows_at_once(person):
    person.load_the_example()
    paint(person, 0.2)
    saved(person)
    with person.page.expect_navigation():
        person.page.evaluate(
            """() => {
                neuralmasterStudio.act({ act: "stroke", layer: "inpaint", tool: "paint",
                    brush: 0.1, points: [[0.7, 0.5]] });
                location.reload();
            }"""
        )
    continued(person, "2 steps")
    assert painted(person) == [2, 7]


def test_a_stroke_outlives_a_reload_in_which_the_browser_stores_nothing_more(person):
    person.load_the_example()
    paint(person, 0.2)
    saved(person)
    person.page.evaluate(
        """() => window.addEventListener("beforeunload", () => {
            IDBDatabase.prototype.transaction = () => { throw new Error("too late"); };
        }, { capture: true })"""
    )
    paint(person, 0.7)
    person.page.reload()
    continued(person, "2 steps")
    assert painted(person) == [2, 7]
    assert person.page.evaluate("localStorage.length") == 0


def test_work_that_the_page_before_a_reload_still_holds_is_offered(person):
    person.load_the_example()
    paint(person, 0.5)
    saved(person)
    other = person.context.new_page()
    other.goto(person.url)
    other.evaluate(
        """async () => {
            const [{ name }] = (await navigator.locks.query()).held;
            navigator.locks.request(name, () => new Promise(go => setTimeout(go, 500)));
        }"""
    )
    person.page.reload()
    continued(person, "1 step")


def test_strokes_on_work_that_is_being_opened_again_are_added_to_it(person):
    person.load_the_example()
    paint(person, 0.2, 0.4)
    saved(person)
    person.come()
    person.page.route("**/open?*", lambda route: None)
    person.page.wait_for_selector("#nm_offer", state="visible")
    person.click("continue")
    person.page.wait_for_function("neuralmasterCanvas.isOpen()")
    paint(person, 0.7)
    person.page.reload()
    continued(person, "3 steps")
    assert painted(person) == [2, 4, 7]


def test_a_picture_that_was_only_looked_at_hides_no_earlier_work(person):
    person.load_the_example()
    paint(person, 0.5)
    saved(person)
    person.come()
    person.page.evaluate(GIVE, ["drop", *OTHER])
    saved(person)
    person.come()
    continued(person, "1 step")
    assert painted(person) == [5]


def test_earlier_work_is_offered_again_when_another_picture_cannot_be_opened(person):
    person.load_the_example()
    paint(person, 0.5)
    saved(person)
    person.come()
    person.page.route("**/open?*", lambda route: route.fulfill(status=413, json={"detail": "no"}))
    person.page.evaluate(GIVE, ["drop", *OTHER])
    person.wait_for_word("no")
    person.page.wait_for_selector("#nm_offer", state="visible")
    continued(person, "1 step")


def test_undo_is_there_as_soon_as_there_is_something_to_undo(person):
    def possible():
        return [person.page.is_enabled(f"#nm_{name}") for name in ("undo", "redo")]

    assert possible() == [False, False]
    person.load_the_example()
    person.is_idle()
    assert possible() == [False, False]
    held = []

    def hold(route):
        held.append(route)

    person.page.route("**/act", hold)
    paint(person, 0.5)
    assert possible() == [True, False]
    person.page.keyboard.press("Control+z")
    assert person.page.evaluate("neuralmasterStudio.pendingStrokes()") == []
    person.page.unroute("**/act")
    for route in held:
        route.continue_()
    person.wait_for_word("Paint over the part to repaint")
    person.is_idle()
    assert person.state()["is_marked"] is False
    assert possible() == [False, True]


def test_a_click_on_the_empty_canvas_opens_a_picture(person, tmp_path):
    path = tmp_path / "mine.png"
    path.write_bytes(bytes(OTHER[0]))
    with person.page.expect_file_chooser() as asked:
        person.page.click("#nm_canvas")
    person.does(asked.value.set_files, path)
    person.is_idle()
    assert person.page.evaluate("neuralmasterCanvas.size()") == {"width": 300, "height": 200}
    person.does(person.stroke, (0.5, 0.5))  # from now on it is painted on
    assert painted(person) == [5]


DRAG = """kind => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([], "a.png", { type: "image/png" }));
    const event = new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
    document.querySelector("#nm_stage").dispatchEvent(event);
    return getComputedStyle(document.querySelector("#nm_canvas")).borderTopStyle;
}"""


@pytest.mark.parametrize("end", ["dragleave", "drop"])
def test_a_file_that_is_dragged_over_the_page_is_shown_where_it_goes(person, end):
    assert [person.page.evaluate(DRAG, kind) for kind in ("dragover", end)] == ["dashed", "solid"]


def test_an_answer_that_was_overtaken_changes_nothing_any_more(person):
    held = []

    def hold(route):
        held.append(route)

    person.page.route("**/filled", hold)
    person.load_the_example()  # the object is being looked for
    for _ in range(1500):  # half a minute
        if held:
            break
        person.page.wait_for_timeout(20)
    (asked,) = held
    person.page.wait_for_function("neuralmasterCanvas.isOpen()")
    person.page.evaluate(
        """() => {
            const [read, delay] = [window.createImageBitmap, 1500];
            window.createImageBitmap = async (...given) => {
                window.createImageBitmap = read; // the next one alone
                await new Promise(go => setTimeout(go, delay));
                window.isRead = true;
                return read(...given);
            };
        }"""
    )
    person.page.unroute("**/filled")
    asked.continue_()
    person.page.wait_for_timeout(300)
    person.paint_the_stripe()
    person.wait_for_word("Filled by context")
    person.page.wait_for_function("window.isRead")
    person.page.wait_for_timeout(300)
    assert person.said().startswith("Filled by context")
    assert person.picture("canvas").shape  # all is shown
    x, y = person.page.evaluate("at => neuralmasterCanvas.toPane(at)", [0.5, 0.5])
    assert person.marks()[round(y), round(x), 3] > 80  # the stripe
