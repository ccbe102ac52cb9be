"""Pens and fingers on the canvas, and the screen of a phone."""

from __future__ import annotations

import pytest

from tests.browser.person import Person


@pytest.fixture
def devices(painter):
    """Pens and fingers."""
    return painter.page.context.new_cdp_session(painter.page)


def mouse(devices, kind, at, **more):
    event = {"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1, **more}
    devices.send("Input.dispatchMouseEvent", event)


def test_a_pen_paints_as_wide_as_it_presses(painter, devices):
    def stroke():
        pen = {"pointerType": "pen", "buttons": 1}
        mouse(devices, "mousePressed", painter.place(0.2, 0.5), force=0.1, **pen)
        for k in range(1, 9):
            at = painter.place(0.2 + 0.6 * k / 8, 0.5)
            mouse(devices, "mouseMoved", at, force=0.1 + 0.9 * k / 8, **pen)
        mouse(devices, "mouseReleased", painter.place(0.8, 0.5), pointerType="pen")

    painter.page.fill("#nm_feather_px", "0")
    painter.does(painter.page.keyboard.press, "Tab")
    painter.does(stroke)
    red = painter.mask()[..., 0] > 127
    heights = red.sum(axis=0)
    width = red.shape[1]
    light, heavy = heights[int(0.22 * width)], heights[int(0.78 * width)]
    assert 0 < light < heavy / 3


def test_the_other_end_of_a_pen_erases(painter, devices):
    """Chromium's own tools press no such button, so the event says that one."""
    painter.does(painter.stroke, (0.3, 0.5), (0.7, 0.5))
    painter.page.evaluate("""() => {
        const press = Object.getOwnPropertyDescriptor(MouseEvent.prototype, "button");
        Object.defineProperty(MouseEvent.prototype, "button", { get() {
            return this.pointerType === "pen" ? 5 : press.get.call(this);
        } });
    }""")

    def stroke():
        mouse(devices, "mousePressed", painter.place(0.5, 0.3), pointerType="pen", force=1)
        mouse(devices, "mouseMoved", painter.place(0.5, 0.7), pointerType="pen", force=1, buttons=1)
        mouse(devices, "mouseReleased", painter.place(0.5, 0.7), pointerType="pen")

    painter.does(stroke)
    red = painter.mask()[..., 0]
    row = red[red.shape[0] // 2]
    assert [row[int(x * len(row))] > 127 for x in (0.3, 0.5, 0.7)] == [True, False, True]
    assert painter.page.is_checked('#nm_tool input[value="paint"]')


def touch(devices, kind, *places):
    points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
    devices.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_one_finger_paints(painter, devices):
    def stroke():
        touch(devices, "touchStart", painter.place(0.5, 0.3))
        for k in range(1, 6):
            touch(devices, "touchMove", painter.place(0.5, 0.3 + 0.08 * k))
        touch(devices, "touchEnd")

    painter.does(stroke)
    red = painter.mask()[..., 0]
    assert red[int(0.5 * red.shape[0]), int(0.5 * red.shape[1])] == 255


def test_two_fingers_zoom_and_paint_nothing(painter, devices):
    fitted = painter.scale()
    one, other = painter.place(0.45, 0.5), painter.place(0.55, 0.5)
    touch(devices, "touchStart", one)
    touch(devices, "touchStart", one, other)
    for k in range(1, 6):
        touch(devices, "touchMove", (one[0] - 12 * k, one[1]), (other[0] + 12 * k, other[1]))
    touch(devices, "touchEnd")
    assert painter.scale() > 2 * fitted
    painter.page.wait_for_timeout(300)
    assert painter.state()["undo"] == 0
    assert not painter.page.evaluate("neuralmasterBrush.isDrawing()")


OUTSIDE = """() => {
    const controls = ":is(button, label, input, legend, output, summary, .nm-bar > *)";
    return [...document.querySelectorAll(`#neuralmaster_studio ${controls}`)].filter(one => {
        const box = one.getBoundingClientRect();
        return box.width && (box.left < 0 || box.right > innerWidth);
    }).map(one => one.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("width", [390, 360])
def test_on_a_phone_everything_lies_within_the_width_of_the_window(browser, url, width):
    person = Person(browser, url, size=(width, 844))
    assert person.page.evaluate(OUTSIDE) == []
    person.load_the_example()
    person.wait_for_word("Paint over the part to repaint")
    assert person.page.evaluate(OUTSIDE) == []
    for name in ("canvas", "brush", "stage", "said"):  # all are on the screen
        box = person.page.locator(f"#nm_{name}").bounding_box()
        assert box["y"] + box["height"] <= 844
    person.choose("preset", "Outpaint")
    for fold in ("more", "look", "how", "sampling"):
        person.page.click(f"#nm_{fold} summary")
    person.page.wait_for_selector("#nm_right input", state="visible")
    assert person.page.evaluate(OUTSIDE) == []
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    person.context.close()
