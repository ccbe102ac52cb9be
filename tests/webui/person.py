"""A person at the page of a real WebUI, in headless Chromium.

With NM_SHOTS set to a folder, screenshots for the documentation are written there.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.chromium import CHROMIUM
from tests.webui.real_host import TELLS_ERRORS, needs_webui

SHOTS = os.environ.get("NM_SHOTS")
RADIO = "#img2img_inpainting_fill"
AREA = "#img2img_inpaint_full_res"
PANEL = "#neuralmaster"
LISTBOX = "input[role=listbox]"
CLEAR = '[aria-label="Clear"], [aria-label="Remove Image"]'  # gradio 3, 4

needs_a_person = [
    needs_webui,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason=f"needs {CHROMIUM}"),
]


class Person:
    """A person at the img2img page."""

    def __init__(self, page, webui, query=""):
        self.page, self.webui = page, webui
        self.page.route(lambda url: "//127.0.0.1:" not in url, lambda route: route.abort())
        self.page.goto(webui.url + query)
        self.is_there()
        self.open("img2img")
        for name, value in {
            "steps": 4,
            "seed": 1,
            "mask_blur": 0,
            "denoising_strength": 0.2,
            "width": 512,  # Forge Neo begins with 1024
            "height": 512,
        }.items():
            self.type(f"#img2img_{name}", value)

    def is_there(self):
        self.page.wait_for_selector("#tabs > .tab-nav button", timeout=60_000)
        # by their bare names: a host may declare them by let, and then they are not window's
        self.page.wait_for_function("() => Object.keys(opts).length && uiCurrentTab")
        self.page.wait_for_timeout(1000)  # the host's own scripts come after onUiLoaded

    def open(self, tab):
        self._click_tab("#tabs", tab)

    def open_mode(self, tab):
        self._click_tab("#mode_img2img", tab)

    def _click_tab(self, tabs, name):  # Forge writes some of the names in capitals
        label = re.compile(rf"^\s*{name}\s*$", re.IGNORECASE)
        self.page.locator(f"{tabs} > .tab-nav > button").filter(has_text=label).click()

    def type(self, field, value):
        # a hidden one too: Mask blur is shown with the inpaint tabs only
        self.page.locator(f"{field} input[type=number]").first.evaluate(
            "(box, value) => { box.value = value; box.dispatchEvent(new Event('input')) }", value
        )

    def upload(self, field, image):
        """image: a picture, or the bytes of a file."""
        if isinstance(image, Image.Image):
            buffer = io.BytesIO()
            image.save(buffer, "PNG")
            image = buffer.getvalue()
        clear = self.page.locator(f"{field} button:is({CLEAR})")
        if clear.count() and clear.is_visible():
            clear.click()
        file = {"name": "picture.png", "mimeType": "image/png", "buffer": image}
        self.page.set_input_files(f"{field} input[type=file]", file)
        shown = f'{field} :is(img[src], canvas[key="interface"])'
        self.page.wait_for_selector(f"{shown} >> visible=true")  # gradio 3 hides one of them

    def upload_for_inpainting(self, image, mask):
        self.open_mode("Inpaint upload")
        self.upload("#img_inpaint_base", image)
        self.upload("#img_inpaint_mask", mask)
        # Whole picture, in any language; Forge Neo begins with the other
        self.page.click(f"{AREA} label:has(input) >> nth=0")

    def choose(self, name, radio=RADIO):
        if self._is_list(radio):
            self.page.click(f"{radio} {LISTBOX}")
            self.page.click(f'{radio} li[aria-label="{name}"]')
        else:
            self.page.click(f'{radio} label:has(span:text-is("{name}"))')

    def chosen(self, radio=RADIO):
        if self._is_list(radio):
            return self.page.locator(f"{radio} {LISTBOX}").input_value()
        return self.page.locator(f"{radio} label.selected").inner_text().strip()  # hidden, too

    def wait_for(self, name, radio=RADIO):
        if self._is_list(radio):
            value = f"document.querySelector('{radio} {LISTBOX}').value"
            self.page.wait_for_function(f"name => {value} === name", arg=name)
            return
        label = f'{radio} label.selected:has(span:text-is("{name}"))'
        self.page.wait_for_selector(label, state="attached")

    def _is_list(self, radio):
        """Whether it is a list to choose from, as Masked content is in ersatzForge."""
        return self.page.locator(f"{radio} {LISTBOX}").count() > 0

    def open_panel(self):
        if not self.page.locator(f"{PANEL} .label-wrap.open").count():
            self.page.click(f"{PANEL} .label-wrap")

    def draw(self, field, start, end):
        """A stroke between two places of a picture, in shares of its size."""
        canvas = self.page.locator(f'{field} :is(canvas[key="interface"], img.forge-image)')
        box = canvas.bounding_box()
        size = np.array([box["width"], box["height"]])
        stroke = [box["x"], box["y"]] + size * np.linspace(start, end, 12)
        self.page.mouse.move(*stroke[0])
        self.page.wait_for_timeout(300)  # the brush follows with some delay
        self.page.mouse.down()
        for place in stroke:
            self.page.wait_for_timeout(30)
            self.page.mouse.move(*place)
        self.page.mouse.up()
        self.page.wait_for_timeout(300)

    def generate(self):
        """Presses Generate; the runs of the job."""
        before = len(self.webui.runs())
        self.page.click("#img2img_generate")
        busy = self.page.locator("#img2img_interrupt")
        busy.wait_for(state="visible")
        busy.wait_for(state="hidden", timeout=120_000)
        self.page.wait_for_timeout(300)
        return self.webui.runs()[before:]

    def said(self):
        """What stands under the result."""
        return self.page.locator("#html_log_img2img").first.inner_text()

    def refusal(self):
        """Where it is said why a job was refused: under the result, or else in the console."""
        return self.said() if TELLS_ERRORS else self.webui.log()

    def result(self):
        """The picture in the gallery."""
        source = self.page.locator("#img2img_gallery img").first.get_attribute("src")
        answer = self.page.request.get(source)
        return Image.open(io.BytesIO(answer.body()))

    def shot(self, *selectors):
        """The part of the page from the first of these elements to the last, full width."""
        boxes = [self.page.locator(s).first.bounding_box() for s in selectors]
        left, top = (min(box[at] for box in boxes) for at in "xy")
        right = max(box["x"] + box["width"] for box in boxes)
        bottom = max(box["y"] + box["height"] for box in boxes)
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        return Image.open(io.BytesIO(self.page.screenshot(full_page=True, clip=clip)))


def beside(one, other, gap=16):
    size = (one.width + gap + other.width, max(one.height, other.height))
    both = Image.new("RGB", size, "white")
    both.paste(one, (0, 0))
    both.paste(other, (one.width + gap, 0))
    return both


def keep_shot(name, picture):
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        picture.convert("RGB").save(Path(SHOTS) / name, optimize=True)


def unmasked(run):
    return np.asarray(run.picture("process", "mask")) == 0
