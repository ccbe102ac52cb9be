"""A person at the studio's page, in Chromium."""

from __future__ import annotations

import base64
import io
import itertools
import os
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.pictures import pixels

IDLE = "neuralmasterStudio.isIdle()"


class Person:
    """Counts the clicks and strokes it takes; `theme` is light or dark."""

    def __init__(self, browser, url, theme="light", size=(1280, 720), **more):
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"], **more,
        )  # fmt: skip
        self.context, self.page, self.acts = context, context.new_page(), 0
        self.outside, self.errors, self.url, self.theme = [], [], url, theme
        self.page.route(lambda asked: not asked.startswith((url, "blob:", "data:")), self._refuse)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())  # before the page is left
        self.come()

    def come(self):
        self.page.goto(f"{self.url}/?__theme={self.theme}")
        self.is_there()

    def is_there(self):
        self.page.wait_for_selector("#neuralmaster_studio[data-ready]", timeout=60_000)

    def _refuse(self, route):
        self.outside.append(route.request.url)
        route.abort()

    def click(self, name):
        self.acts += 1
        self.page.click(f"#nm_{name}")

    def choose(self, radio, label):
        self.acts += 1
        self.page.click(f'#nm_{radio} label:has(span:text-is("{label}"))')

    def does(self, act, *arguments):
        """Does something and waits until it has been answered; the seconds that took."""
        self.page.evaluate("window.before = neuralmasterStudio.answer()")
        act(*arguments)
        start = time.perf_counter()
        self.page.wait_for_function(
            "neuralmasterStudio.answer() !== window.before", timeout=30_000, polling=5
        )
        return time.perf_counter() - start

    def is_idle(self):
        """Waits until all is done and shown."""
        self.page.wait_for_function(f"neuralmasterCanvas.isOpen() && {IDLE}", timeout=60_000)

    def load_the_example(self):
        self.does(self.click, "example")

    def place(self, x, y, pane="canvas"):
        """Where a place of the picture, in shares of it, is in the window."""
        box = self.page.locator(f"#nm_{pane}").bounding_box()
        left, top = self.page.evaluate("at => neuralmasterCanvas.toPane(at)", [x, y])
        return box["x"] + 1 + left, box["y"] + 1 + top

    def stroke(self, *places):
        """Draws through places in shares of the picture."""
        self.acts += 1
        steps = np.concatenate(
            [np.linspace(a, b, 8) for a, b in itertools.pairwise(places)] or [places]
        )
        for k, (x, y) in enumerate(steps):
            self.page.mouse.move(*self.place(x, y))
            if k == 0:
                self.page.mouse.down()
        self.page.mouse.up()

    def paint_the_stripe(self):
        self.does(self.stroke, (0.5, 0.1), (0.5, 0.88))

    def said(self):
        return self.page.locator("#nm_said .nm-said").first.inner_text()

    def wait_for_word(self, text):
        self.page.wait_for_selector(f'#nm_said .nm-said:has-text("{text}")', timeout=30_000)

    def download(self, name):
        with self.page.expect_download() as given:
            self.click(name)
        return given.value

    def state(self):
        """What Python says of the work."""
        return self.page.evaluate("neuralmasterStudio.answer().state")

    def mask(self):
        """The overview of the mask."""
        return _decoded(self.page.evaluate("neuralmasterStudio.answer().mask"))

    def picture(self, pane="stage"):
        """What a pane shows of the picture."""
        self.is_idle()
        self.page.wait_for_timeout(60)  # a frame
        shown = _decoded(
            self.page.evaluate(f"document.querySelector('#nm_{pane} canvas').toDataURL()")
        )
        (left, top), (right, bottom) = (
            self.page.evaluate("at => neuralmasterCanvas.toPane(at)", [at, at]) for at in (0, 1)
        )
        height, width = shown.shape[:2]
        return shown[max(0, round(top)) : min(height, round(bottom)),
                     max(0, round(left)) : min(width, round(right)), :3]  # fmt: skip

    def scale(self):
        """Pixels of the page for one of the picture."""
        return self.page.evaluate("neuralmasterCanvas.getScale()")

    def marks(self):
        """The pixels drawn over the picture."""
        return _decoded(
            self.page.evaluate("document.querySelectorAll('#nm_canvas canvas')[1].toDataURL()")
        )

    def before(self):
        """What the result is compared with."""
        self.page.hover("#nm_stage")
        self.page.keyboard.down("c")
        shown = self.picture()
        self.page.keyboard.up("c")
        return shown

    def shot(self, name):
        if folder := os.environ.get("NM_SHOTS"):
            self.is_idle()
            self.page.mouse.move(3, 3)
            self.page.wait_for_timeout(400)
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder) / name))


def _decoded(url):
    return pixels(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))


def as_png(image):
    """A picture's file, as JavaScript takes its bytes."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return list(buffer.getvalue())


GIVE = """([kind, bytes, name, type]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const detail = { bubbles: true, cancelable: true };
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: transfer, ...detail })
        : new DragEvent("drop", { dataTransfer: transfer, ...detail });
    document.querySelector("#nm_canvas").dispatchEvent(event);
}"""
