"""The progress of a fill, and Interrupt in the middle of one, in a real WebUI."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

from tests.pictures import textured_scene
from tests.webui.real_host import by_name, needs_webui, same

pytestmark = needs_webui

PICTURES = 3
FILLING = re.compile(rf"NeuralMaster: filling picture (\d) of {PICTURES}, (\d+)%")
SECONDS = 120


def test_interrupt_ends_a_job_in_the_middle_of_a_fill(webui):
    image, mask = textured_scene(1536, 1536)
    before = len(webui.log())
    with ThreadPoolExecutor(1) as pool:
        wanted = {"batch_size": PICTURES, **by_name(method="texture")}
        job = pool.submit(webui.img2img, [image] * PICTURES, mask, **wanted)
        number, share = filling(webui)
        assert webui.post("/sdapi/v1/interrupt", {})[0] == 200
        answer = job.result()
    assert (number, 0 <= share <= 100) == (1, True)
    assert answer.status == 200
    assert answer.images == []
    assert "Traceback" not in webui.log()[before:]
    small, its_mask = textured_scene(256, 256)
    after = webui.img2img(small, its_mask, width=256, height=256, **by_name(method="texture"))
    assert not same(after.run.prepared, small)
    assert "NeuralMaster fallback" not in after.our_keys


def filling(webui):
    """The number of the picture that is being filled, and how many per cent of it are done."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        text = webui.get("/sdapi/v1/progress?skip_current_image=true")["textinfo"] or ""
        if said := FILLING.fullmatch(text):
            return int(said[1]), int(said[2])
        time.sleep(0.02)
    raise AssertionError("no progress was said")
