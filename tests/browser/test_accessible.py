"""The page for people who do not see it, or do not use a mouse: axe-core finds nothing wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.person import Person
from tests.pictures import ROOT

AXE = Path(
    os.environ.get("NM_AXE", ROOT / ".venv/javascript/node_modules/axe-core/axe.min.js")
)  # of the npm package axe-core

pytestmark = pytest.mark.skipif(not AXE.is_file(), reason="needs the npm package axe-core")

RUN = "axe.run('#neuralmaster_studio').then(found => found.violations)"


def violations(person):
    found = person.page.evaluate(RUN)
    return [(one["id"], node["html"][:120]) for one in found for node in one["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_nothing_is_wrong(browser, url, theme, size):
    person = Person(browser, url, theme, size)
    person.page.add_script_tag(content=AXE.read_text())
    assert violations(person) == []
    person.load_the_example()
    person.paint_the_stripe()
    person.wait_for_word("Filled by context")
    for fold in ("more", "look", "how"):
        person.page.click(f"#nm_{fold} summary")
    person.is_idle()
    assert violations(person) == []
    person.page.click("#nm_help")
    assert violations(person) == []
    person.context.close()


def test_every_control_is_reached_by_the_keyboard_in_the_order_of_the_page(person):
    person.load_the_example()
    person.page.focus("#nm_open button")
    reached = ["nm_open"]
    while len(reached) < 60 and reached[-1] != "nm_copy":
        person.page.keyboard.press("Tab")
        reached.append(
            person.page.evaluate("(e => e.id || e.name || e.parentNode.id)(document.activeElement)")
        )
    order = ["nm_open", "nm_example", "nm_preset", "nm_layer", "nm_tool", "nm_canvas",
             "nm_brush_range", "nm_feather_range", "nm_method", "nm_compared", "nm_cut", "nm_mask",
             "nm_copy"]  # fmt: skip
    assert [name for name in reached if name in order] == order
