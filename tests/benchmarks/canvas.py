"""How long the studio's page lets a person wait, in Chromium, and what its server holds meanwhile.

    python -m tests.benchmarks.canvas [--megapixels 12 60] [--leave 60]

The page and its server are the real ones, on this machine; wall-clock time, so the machine has to
be idle. Needs gradio, playwright and Chromium. The picture is docs/example's, enlarged, with the
noise of a camera, as a JPEG.

- open to painted: from the moment the file is dropped, a stroke is drawn as soon as the picture is
  seen; until both panes show the stroke and its fill.
- a stroke's answer: from letting go until both panes show the stroke and its fill, in as many
  pixels as the screen has for them. STROKES strokes at each zoom, fill by context.
- the server's memory: resident, at its peak, and so many seconds after the page was left.
"""

from __future__ import annotations

import argparse
import io
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from neuralmaster import files
from tests.browser.person import Person
from tests.browser.server import Server
from tests.chromium import CHROMIUM, FLAGS
from tests.pictures import EXAMPLE

STROKES = 15
ZOOMS = {"the whole picture": None, "50%": 0.5, "100%": 1.0, "400%": 4.0}
SHAPE = (3, 2)  # width to height, as cameras have it

DROP = """async ([url, name]) => {
    const file = new File([await (await fetch(url)).blob()], name, { type: "image/jpeg" });
    const transfer = new DataTransfer();
    transfer.items.add(file);
    const more = { dataTransfer: transfer, bubbles: true, cancelable: true };
    const event = new DragEvent("drop", more);
    window.begun = performance.now();
    document.querySelector("#nm_canvas").dispatchEvent(event);
}"""
# nm-drawn comes when both panes have been drawn
SEEN = """isSeen => new Promise((done) => {
    const canvas = document.querySelector("#nm_canvas");
    const look = () => {
        if (!eval(isSeen)) return;
        canvas.removeEventListener("nm-drawn", look);
        done(performance.now() - window.begun);
    };
    canvas.addEventListener("nm-drawn", look);
    neuralmasterCanvas.redraw();
})"""
OPEN = "neuralmasterCanvas.isOpen()"
PAINTED = """neuralmasterStudio.answer()?.done > window.done
    && !neuralmasterStudio.pendingStrokes().length && neuralmasterViews.isShown()
    && neuralmasterStudio.answer().filled !== null"""
LET_GO = """() => {
    window.done = neuralmasterStudio.answer()?.done ?? 0;
    window.addEventListener("pointerup", () => (window.begun = performance.now()),
        { once: true, capture: true });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--megapixels", type=int, nargs="+", default=[12, 60])
    parser.add_argument("--leave", type=int, default=60, help="seconds after the page was left")
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this needs it

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for megapixels in asked.megapixels:
            for name, value in measured(browser, megapixels, asked.leave).items():
                print(f"| {megapixels} megapixels: {name} | {value} |", flush=True)


def measured(browser: Any, megapixels: int, seconds: int) -> dict[str, str]:
    """What a person waits for with a picture of that size, and what the server needs for it."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "log")
        server.start()
        person = Person(browser, server.url, size=(1440, 900))
        try:
            photo = camera(megapixels)
            person.page.route("**/photo.jpg", lambda route: route.fulfill(body=photo))
            found["server, idle"] = f"{resident(server):.0f} MB"
            found |= opened(person)
            for name, zoom in ZOOMS.items():
                times = strokes(person, zoom)
                low, high = min(times), max(times)
                middle = statistics.median(times)
                found[f"a stroke's answer, {name}"] = f"{middle:.0f} ms ({low:.0f} to {high:.0f})"
            found["server, at its peak"] = f"{resident(server, 'VmHWM'):.0f} MB"
            assert not person.errors, person.errors
            person.page.goto("about:blank")  # as somebody leaves it
        finally:
            person.context.close()
        time.sleep(seconds)
        found[f"server, {seconds} s after leaving"] = f"{resident(server):.0f} MB"
        server.stop()
    return found


def camera(megapixels: int) -> bytes:
    """A photo of that size, as a JPEG file."""
    height = round((megapixels * 1e6 * SHAPE[1] / SHAPE[0]) ** 0.5)
    size = (round(height * SHAPE[0] / SHAPE[1]), height)
    pixels = np.array(files.read(EXAMPLE / "image.png").convert("RGB").resize(size))
    draw = np.random.default_rng(0)
    for rows in range(0, height, 256):
        part = pixels[rows : rows + 256]
        noise = draw.normal(0, 3, part.shape).astype(np.float32)
        pixels[rows : rows + 256] = np.clip(part + noise, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def opened(person: Person) -> dict[str, str]:
    """Drops the photo, and paints as soon as it is seen."""
    page = person.page
    page.evaluate("window.done = 0")
    page.evaluate(DROP, [f"{person.url}/photo.jpg", "photo.jpg"])
    seen = page.evaluate(SEEN, OPEN)
    person.stroke((0.5, 0.3), (0.5, 0.6))
    painted = page.evaluate(SEEN, PAINTED)
    return {"open to seen": f"{seen:.0f} ms", "open to painted": f"{painted:.0f} ms"}


def strokes(person: Person, zoom: float | None) -> list[float]:
    """Milliseconds until each of STROKES strokes is answered."""
    page = person.page
    page.evaluate("zoom => neuralmasterCanvas[zoom ? 'zoomTo' : 'fit'](zoom)", zoom)
    times = []
    box = page.locator("#nm_canvas").bounding_box()
    for k in range(STROKES + 1):  # the first is left out
        person.is_idle()
        x = box["x"] + box["width"] * (0.3 + 0.4 * k / STROKES)
        page.evaluate(LET_GO)
        for step in range(8):
            page.mouse.move(x, box["y"] + box["height"] * (0.4 + 0.02 * step))
            if step == 0:
                page.mouse.down()
        page.mouse.up()
        times.append(page.evaluate(SEEN, PAINTED))
    return times[1:]


def resident(server: Server, field: str = "VmRSS") -> float:
    """Megabytes of the server's memory: now, or VmHWM: at most so far."""
    assert server.process
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(rf"{field}:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1000


if __name__ == "__main__":
    sys.exit(main())
