"""Painting on the canvas as artists know it: brush, keys, lines, undo."""

from __future__ import annotations

import numpy as np

from neuralmaster import files
from tests.pictures import pixels


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
    assert painter.scale() < 1  # nothing was zoomed


def test_keys_work_after_a_control_was_clicked(painter):
    painter.page.click("#nm_fit")
    painter.page.keyboard.press("e")
    assert painter.page.is_checked('#nm_tool input[value="erase"]')
    painter.page.keyboard.press("Tab")  # from here on the keys of what has the focus are its own
    painter.page.keyboard.press("b")
    assert painter.page.is_checked('#nm_tool input[value="erase"]')


def test_the_canvas_has_a_frame_for_the_keyboard_alone(painter):
    def frame():
        return painter.page.eval_on_selector(
            "#nm_canvas", "one => getComputedStyle(one).outlineStyle"
        )

    painter.does(painter.stroke, (0.3, 0.3))
    assert frame() == "none"
    painter.page.keyboard.press("Tab")
    painter.page.keyboard.press("Shift+Tab")
    assert frame() == "solid"


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


def test_a_stroke_is_seen_while_it_is_drawn(painter):
    painter.page.mouse.move(*painter.place(0.4, 0.5))
    painter.page.mouse.down()
    painter.page.mouse.move(*painter.place(0.6, 0.5), steps=5)
    painter.page.wait_for_timeout(60)
    x, y = painter.page.evaluate("at => neuralmasterCanvas.toPane(at)", [0.5, 0.5])
    red, green, blue, alpha = painter.marks()[round(y), round(x)]
    assert (red > 200, green < 80, blue < 80, 80 < alpha < 200) == (True,) * 4
    assert painter.state()["undo"] == 0
    painter.does(painter.page.mouse.up)
    assert painter.state()["undo"] == 1
