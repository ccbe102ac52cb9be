"""The canvas as artists know one: zoom, pan, brush, keys, pen and touch."""

from __future__ import annotations

import base64
import io
import time

import numpy as np
import pytest
from PIL import Image

from neuralmaster import files
from tests.browser.person import GIVE, as_png
from tests.pictures import EXAMPLE, pixels, psnr, textured_scene


@pytest.fixture
def painter(person):
    """Somebody who has opened the example."""
    person.load_the_example()
    person.is_idle()
    return person


def scale(person):
    return person.page.evaluate("neuralmasterCanvas.getScale()")


def under(person, at, pane="canvas"):
    """The place of the picture at a place of the window."""
    box = person.page.locator(f"#nm_{pane}").bounding_box()
    place = [at[0] - box["x"] - 1, at[1] - box["y"] - 1]
    return np.array(person.page.evaluate("at => neuralmasterCanvas.toShare(at)", place))


def test_a_wheel_zooms_about_the_pointer_and_both_panes_show_the_same(painter):
    at = painter.place(0.3, 0.7)
    painter.page.mouse.move(*at)
    before, fitted = under(painter, at), scale(painter)
    painter.page.mouse.wheel(0, -500)
    painter.page.wait_for_function("s => neuralmasterCanvas.getScale() > s", arg=fitted * 1.5)
    assert np.abs(under(painter, at) - before).max() < 2e-3  # wheels turn at whole pixels
    assert np.array_equal(painter.picture("canvas"), painter.picture("stage"))
    painter.page.mouse.wheel(0, 500)
    painter.page.keyboard.press("0")
    assert scale(painter) == pytest.approx(fitted)


def soon(is_so, seconds=20):
    """Whether something that is drawn when it has come becomes so."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.1)
    return is_so()


def test_the_picture_is_sharp_at_any_zoom(painter):
    image = pixels(files.read(EXAMPLE / "image.png"))
    painter.paint_the_stripe()
    painter.page.click("#nm_actual")
    painter.is_idle()
    shown = painter.picture("canvas")
    top, left = np.array([768, 768]) // 2 - np.array(shown.shape[:2]) // 2
    part = np.s_[top : top + shown.shape[0], left : left + shown.shape[1]]
    assert np.abs(shown.astype(int) - image[part]).max() <= 1
    made = pixels(files.read(painter.download("prepared").path()))
    assert soon(lambda: psnr(painter.picture("stage"), made[part]) > 38)
    painter.page.mouse.move(*painter.place(0.5, 0.5))
    for _ in range(7):
        painter.page.keyboard.press("+")
    assert soon(lambda: painter.page.inner_text("#nm_actual") == f"{1.25**7:.0%}")

    def shows_squares():  # not a blur
        shown = painter.picture("canvas").astype(int)
        return (np.abs(np.diff(shown, axis=1)).max(axis=2) == 0).mean() > 0.7

    assert soon(shows_squares)


@pytest.mark.parametrize("way", ["middle", "space", "result"])
def test_the_picture_is_moved(painter, way):
    painter.page.click("#nm_actual")
    pane = "stage" if way == "result" else "canvas"
    start = painter.place(0.5, 0.5, pane)
    painter.page.mouse.move(*start)
    before = under(painter, start, pane)
    if way == "space":
        painter.page.keyboard.down(" ")
    painter.page.mouse.down(button="middle" if way == "middle" else "left")
    painter.page.mouse.move(start[0] + 40, start[1] - 30, steps=4)
    painter.page.mouse.up(button="middle" if way == "middle" else "left")
    if way == "space":
        painter.page.keyboard.up(" ")
    after = under(painter, (start[0] + 40, start[1] - 30), pane)
    assert np.abs(after - before).max() < 1e-6
    assert painter.state()["undo"] == 0  # nothing was painted


def test_a_brush_of_one_pixel(painter):
    painter.page.fill("#nm_brush_px", "1")
    painter.page.keyboard.press("Tab")
    painter.page.click("#nm_actual")
    painter.page.fill("#nm_feather_px", "0")
    painter.does(painter.page.keyboard.press, "Tab")
    painter.does(painter.stroke, (0.5, 0.5), (0.52, 0.5))
    red = pixels(files.read(painter.download("mask").path()))[..., 0] > 127
    rows, columns = np.nonzero(red)
    assert np.ptp(rows) == 0
    assert 14 <= np.ptp(columns) <= 16
    painter.wait_for_word("Filled by context")


def test_keys_choose_tools_layer_and_size(painter):
    painter.page.mouse.move(*painter.place(0.5, 0.5))
    for key, tool in (("e", "erase"), ("m", "box"), ("w", "strokes"), ("b", "paint")):
        painter.page.keyboard.press(key)
        assert painter.page.is_checked(f'#nm_tool input[value="{tool}"]')
    size = int(painter.page.input_value("#nm_brush_px"))
    painter.page.keyboard.press("]")
    assert int(painter.page.input_value("#nm_brush_px")) == round(size * 1.15)
    painter.page.keyboard.press("[")
    assert int(painter.page.input_value("#nm_brush_px")) == size
    painter.page.keyboard.press("e")
    painter.page.keyboard.press("x")
    assert painter.page.is_checked('#nm_layer input[value="source"]')
    assert painter.page.is_checked('#nm_tool input[value="erase"]')  # the tool stays
    painter.page.keyboard.down("Control")
    painter.page.mouse.wheel(0, -100)
    painter.page.keyboard.up("Control")
    painter.page.wait_for_function(
        "s => Number(document.querySelector('#nm_brush_px').value) > s", arg=size
    )
    assert scale(painter) < 1  # nothing was zoomed


def test_finding_by_strokes_has_a_thin_brush_of_its_own(painter):
    wide = int(painter.page.input_value("#nm_brush_px"))
    painter.choose("tool", "Find by strokes")
    assert int(painter.page.input_value("#nm_brush_px")) == 5
    painter.page.fill("#nm_brush_px", "9")
    painter.page.keyboard.press("Tab")
    painter.choose("tool", "Paint")
    assert int(painter.page.input_value("#nm_brush_px")) == wide
    painter.choose("tool", "Find by strokes")
    assert int(painter.page.input_value("#nm_brush_px")) == 9


def test_shift_and_a_click_draw_a_straight_line(painter):
    painter.does(painter.stroke, (0.3, 0.3))
    painter.page.keyboard.down("Shift")
    painter.does(painter.stroke, (0.7, 0.5))
    painter.page.keyboard.up("Shift")
    red = painter.mask()[..., 0]
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = 0.3 + 0.4 * share, 0.3 + 0.2 * share
        assert red[int(y * red.shape[0]), int(x * red.shape[1])] == 255
    assert red[int(0.3 * red.shape[0]), int(0.7 * red.shape[1])] == 0


def test_undo_and_redo_by_keys(painter):
    painter.does(painter.stroke, (0.3, 0.5))
    painter.does(painter.stroke, (0.7, 0.5))
    both = painter.mask()
    painter.does(painter.page.keyboard.press, "Control+z")
    one = painter.mask()
    assert not np.array_equal(one, both)
    painter.does(painter.page.keyboard.press, "Control+Shift+z")
    assert np.array_equal(painter.mask(), both)
    painter.does(painter.page.keyboard.press, "Control+z")
    painter.does(painter.page.keyboard.press, "Control+y")
    assert np.array_equal(painter.mask(), both)


def test_the_keyboard_is_enough(person):
    person.page.focus("#nm_example")
    person.does(person.page.keyboard.press, "Enter")
    person.is_idle()
    person.page.focus("#nm_canvas")
    person.page.keyboard.press("ArrowUp")

    def stroke():
        person.page.keyboard.press("Space")
        for _ in range(7):
            person.page.keyboard.press("Shift+ArrowDown")
        person.page.keyboard.press("Space")

    person.does(stroke)
    person.wait_for_word("Filled by context")
    person.does(person.page.keyboard.press, "Control+z")
    person.wait_for_word("Paint over the part to repaint")
    person.page.keyboard.press("Enter")
    person.page.keyboard.press("Shift+ArrowUp")
    person.page.keyboard.press("Escape")
    assert not person.page.evaluate("neuralmasterBrush.isDrawing()")


def marks(person):
    """The pixels drawn over the picture."""
    url = person.page.evaluate(
        "document.querySelectorAll('#nm_canvas canvas')[1].toDataURL().split(',')[1]"
    )
    return pixels(Image.open(io.BytesIO(base64.b64decode(url))))


def test_a_stroke_is_seen_while_it_is_drawn(painter):
    painter.page.mouse.move(*painter.place(0.4, 0.5))
    painter.page.mouse.down()
    painter.page.mouse.move(*painter.place(0.6, 0.5), steps=5)
    painter.page.wait_for_timeout(60)
    x, y = painter.page.evaluate("at => neuralmasterCanvas.toPane(at)", [0.5, 0.5])
    red, green, blue, alpha = marks(painter)[round(y), round(x)]
    assert (red > 200, green < 80, blue < 80, 80 < alpha < 200) == (True,) * 4
    assert painter.state()["undo"] == 0
    painter.does(painter.page.mouse.up)
    assert painter.state()["undo"] == 1


def test_the_mask_is_hidden_while_a_key_is_held(painter):
    painter.paint_the_stripe()
    painter.is_idle()
    assert marks(painter)[..., 3].max() > 200  # its outline
    painter.page.mouse.move(*painter.place(0.2, 0.2))
    painter.page.keyboard.down("h")
    painter.page.wait_for_timeout(100)
    assert marks(painter)[..., 3].max() == 0
    painter.page.keyboard.up("h")
    painter.page.wait_for_timeout(100)
    assert marks(painter)[..., 3].max() > 200


def test_the_mask_has_the_colours_that_are_chosen_and_they_are_kept(painter):
    painter.paint_the_stripe()
    painter.page.click("#nm_look summary")
    row = '#nm_look [data-layer="inpaint"]'
    painter.page.fill(f"{row} [data-look=colour]", "#0000ff")
    painter.page.uncheck(f"{row} [data-look=outline]")
    painter.page.focus(f"{row} [data-look=opacity]")
    painter.page.keyboard.press("End")
    painter.is_idle()
    painter.page.wait_for_timeout(100)
    x, y = painter.page.evaluate("at => neuralmasterCanvas.toPane(at)", [0.5, 0.5])
    assert tuple(marks(painter)[round(y), round(x)]) == (0, 0, 255, 255)
    painter.come()
    assert painter.page.input_value(f"{row} [data-look=colour]") == "#0000ff"
    assert not painter.page.is_checked(f"{row} [data-look=outline]")


def test_comparing_by_the_line_by_holding_and_by_flicker(painter):
    painter.paint_the_stripe()
    after, before = painter.picture(), painter.before()
    middle = after.shape[1] // 2
    assert np.abs(after.astype(int) - before)[100, middle].max() > 20
    painter.page.mouse.move(*painter.place(0, 0.5, "stage"))
    box = painter.page.locator("#nm_stage").bounding_box()
    painter.page.mouse.move(box["x"] + 3, box["y"] + 50)
    painter.page.mouse.down()
    painter.page.mouse.move(*painter.place(0.75, 0.5, "stage"), steps=4)
    painter.page.mouse.up()
    assert np.array_equal(painter.picture()[:, middle], before[:, middle])
    painter.page.fill("#nm_cut", "0")
    painter.page.hover("#nm_hold")
    painter.page.mouse.down()
    assert np.array_equal(painter.picture(), before)
    painter.page.mouse.up()
    assert np.array_equal(painter.picture(), after)
    painter.click("flicker")
    assert painter.page.get_attribute("#nm_flicker", "aria-pressed") == "true"
    seen = {painter.picture()[100, middle].tobytes() for _ in range(14)}
    assert len(seen) == 2
    painter.click("flicker")
    assert np.array_equal(painter.picture(), after)


def test_the_keys_are_listed(painter):
    painter.page.mouse.move(*painter.place(0.5, 0.5))
    painter.page.keyboard.press("?")
    assert painter.page.is_visible("#nm_keys")
    text = painter.page.inner_text("#nm_keys")
    for key in ("Ctrl+Shift+Z, Ctrl+Y", "[ and ]", "Shift+click", "Space+drag, middle button"):
        assert key in text
    painter.page.keyboard.press("b")  # means nothing behind the list
    painter.page.keyboard.press("Escape")
    assert not painter.page.is_visible("#nm_keys")


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
    fitted = scale(painter)
    one, other = painter.place(0.45, 0.5), painter.place(0.55, 0.5)
    touch(devices, "touchStart", one)
    touch(devices, "touchStart", one, other)
    for k in range(1, 6):
        touch(devices, "touchMove", (one[0] - 12 * k, one[1]), (other[0] + 12 * k, other[1]))
    touch(devices, "touchEnd")
    assert scale(painter) > 2 * fitted
    painter.page.wait_for_timeout(300)
    assert painter.state()["undo"] == 0
    assert not painter.page.evaluate("neuralmasterBrush.isDrawing()")


def test_a_tiny_picture_is_shown_large_and_painted_by_the_pixel(person):
    image, _ = textured_scene(24, 16)
    person.does(person.page.evaluate, GIVE, ["drop", as_png(image), "tiny.png", "image/png"])
    person.is_idle()
    assert scale(person) > 10
    person.page.fill("#nm_feather_px", "0")
    person.does(person.page.keyboard.press, "Tab")
    person.page.fill("#nm_brush_px", "1")
    person.page.keyboard.press("Tab")
    person.does(person.stroke, (12.5 / 24, 8.5 / 16))
    red = pixels(files.read(person.download("mask").path()))[..., 0]
    assert np.argwhere(red > 127).tolist() == [[8, 12]]
