"""The picture on the canvas: zoomed, moved, and sharp at any zoom."""

from __future__ import annotations

import time

import numpy as np
import pytest

from neuralmaster import files
from tests.browser.person import GIVE, as_png
from tests.pictures import EXAMPLE, pixels, psnr, textured_scene


def under(person, at, pane="canvas"):
    """The place of the picture at a place of the window."""
    box = person.page.locator(f"#nm_{pane}").bounding_box()
    place = [at[0] - box["x"] - 1, at[1] - box["y"] - 1]
    return np.array(person.page.evaluate("at => neuralmasterCanvas.toShare(at)", place))


def test_a_wheel_zooms_about_the_pointer_and_both_panes_show_the_same(painter):
    at = painter.place(0.3, 0.7)
    painter.page.mouse.move(*at)
    before, fitted = under(painter, at), painter.scale()
    painter.page.mouse.wheel(0, -500)
    painter.page.wait_for_function("s => neuralmasterCanvas.getScale() > s", arg=fitted * 1.5)
    assert np.abs(under(painter, at) - before).max() < 2e-3  # wheels turn at whole pixels
    assert np.array_equal(painter.picture("canvas"), painter.picture("stage"))
    painter.page.mouse.wheel(0, 500)
    painter.page.keyboard.press("0")
    assert painter.scale() == pytest.approx(fitted)


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


def test_a_tiny_picture_is_shown_large_and_painted_by_the_pixel(person):
    image, _ = textured_scene(24, 16)
    person.does(person.page.evaluate, GIVE, ["drop", as_png(image), "tiny.png", "image/png"])
    person.is_idle()
    assert person.scale() > 10
    person.page.fill("#nm_feather_px", "0")
    person.does(person.page.keyboard.press, "Tab")
    person.page.fill("#nm_brush_px", "1")
    person.page.keyboard.press("Tab")
    person.does(person.stroke, (12.5 / 24, 8.5 / 16))
    red = pixels(files.read(person.download("mask").path()))[..., 0]
    assert np.argwhere(red > 127).tolist() == [[8, 12]]
