"""The page's HTML, made from the tables: every entry has its control, every text its Russian."""

import html
import json
import re

import pytest

from neuralmaster.making.finders import FINDERS
from neuralmaster.params import all_specs
from neuralmaster.studio import desk, markup, widgets
from neuralmaster.studio.tools import TOOLS
from tests.pictures import ROOT

RUSSIAN = json.loads((ROOT / "localizations" / "ru_RU.json").read_text(encoding="utf-8"))
PAGE = markup.page(in_webui=True)
ACTS = [json.loads(html.unescape(act)) for act in re.findall(r'data-act="([^"]+)"', PAGE)]


def test_every_parameter_but_those_in_the_mask_has_a_control():
    shown = re.findall(r'data-param="(\w+)"', PAGE)
    assert sorted(shown) == sorted(set(all_specs()) - {"source", "feather"})


def test_every_tool_finder_and_edit_has_its_button():
    for name, tool in TOOLS.items():
        assert f'value="{name}"' in PAGE
        assert tool.label in PAGE
    assert [act["finder"] for act in ACTS if act["act"] == "find"] == list(FINDERS)
    assert [act["edit"] for act in ACTS if act["act"] == "edit"] == list(desk.EDITS)


def test_no_two_elements_have_one_id():
    ids = re.findall(r' id="([^"]+)"', PAGE)
    assert len(ids) == len(set(ids))


def test_what_needs_a_webui_is_in_a_webui_alone():
    alone = markup.page(in_webui=False)
    for name in ("nm_take", "nm_send"):
        assert f'id="{name}"' in PAGE
        assert f'id="{name}"' not in alone


@pytest.mark.parametrize(
    ("name", "kind"),
    [("method", "radio"), ("grain", "range"), ("colour", "color"), ("match", "radio")],
)
def test_a_control_is_of_the_kind_of_its_values(name, kind):
    assert f'type="{kind}"' in widgets.param(name)


def test_every_text_has_its_line_in_russian():
    texts = re.findall(r">([^<>]+)<", PAGE) + re.findall(r' title="([^"]+)"', PAGE)
    names = {name for spec in all_specs().values() for name in getattr(spec, "names", ())}
    known = names | {key for key, _ in markup.KEYS} | set(RUSSIAN)
    for text in map(html.unescape, texts):
        assert text.strip() in known or not re.search("[a-z]", text), text
