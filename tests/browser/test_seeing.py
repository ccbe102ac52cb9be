"""What the canvas shows: the mask, its colours, comparisons, the list of keys."""

from __future__ import annotations

import numpy as np


def test_the_mask_is_hidden_while_a_key_is_held(painter):
    painter.paint_the_stripe()
    painter.is_idle()
    assert painter.marks()[..., 3].max() > 200  # its outline
    painter.page.mouse.move(*painter.place(0.2, 0.2))
    painter.page.keyboard.down("h")
    painter.page.wait_for_timeout(100)
    assert painter.marks()[..., 3].max() == 0
    painter.page.keyboard.up("h")
    painter.page.wait_for_timeout(100)
    assert painter.marks()[..., 3].max() > 200


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
    assert tuple(painter.marks()[round(y), round(x)]) == (0, 0, 255, 255)
    painter.come()
    assert painter.page.input_value(f"{row} [data-look=colour]") == "#0000ff"
    assert not painter.page.is_checked(f"{row} [data-look=outline]")


def test_close_up_the_outline_is_a_thin_line_between_pixels(painter):
    painter.page.fill("#nm_feather_px", "0")
    painter.does(painter.page.keyboard.press, "Tab")
    painter.page.fill("#nm_brush_px", "20")
    painter.page.keyboard.press("Tab")
    painter.page.evaluate("neuralmasterCanvas.zoomTo(8)")
    painter.does(painter.stroke, (0.5, 0.48), (0.5, 0.52))
    painter.is_idle()
    painter.page.wait_for_timeout(100)
    y = round(painter.page.evaluate("neuralmasterCanvas.toPane([0.5, 0.5])")[1])
    line = painter.marks()[y, :, 3] > 150  # a tint is less
    edges = np.nonzero(np.diff(line.astype(int)))[0]
    assert np.diff(edges).tolist() == [2, 20 * 8 - 2, 2]  # a line, what it surrounds, a line


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
