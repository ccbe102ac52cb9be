"""Reload UI in a real WebUI, by a person in Chromium.

Alone in its module, so that no other page has left this WebUI: gradio 3 never ends, and so never
reloads, after a page has been closed in the queue.
"""

from __future__ import annotations

from tests.pictures import textured_scene
from tests.webui.person import needs_a_person
from tests.webui.real_host import STOCK, by_name, same

pytestmark = needs_a_person


def test_after_reload_ui_there_is_one_choice_and_it_works(person, webui, command_line):
    page = person.page
    # reForge may fail when it is asked while it starts, and its page asks all the time
    page.route("**/internal/ping", lambda route: route.abort())
    person.open("Settings")
    page.click("#settings_restart_gradio")
    page.wait_for_selector("text=Reloading...", timeout=10_000)
    webui.wait(starts=2)
    page.unroute("**/internal/ping")
    for _ in range(6):  # the host's page reloads itself, but sometimes before the server is back
        page.wait_for_timeout(5_000)
        if page.locator("#settings_restart_gradio").count():
            break
    else:
        page.goto(webui.url)
    person.is_there()
    assert webui.choices() == [*STOCK, "NeuralMaster"]
    person.open("img2img")
    image, mask = textured_scene(512, 512)
    person.upload_for_inpainting(image, mask)
    person.choose("NeuralMaster")
    (run,) = person.generate()
    prepared, _ = command_line.fill(image, mask)
    assert same(run.prepared, prepared)
    assert same(webui.img2img(image, mask, **by_name()).run.prepared, prepared)
    assert not webui.failures()
