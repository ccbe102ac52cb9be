"""The Russian of everything that is seen of ours in a WebUI.

A WebUI translates a text on its page if it is, as a whole, a key of the localization that a person
has chosen, and merges ours into theirs. tests/browser and the real WebUI look at the page itself.
"""

import importlib
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from neuralmaster import fallbacks
from neuralmaster.fallbacks import Fallback
from tests.pictures import ROOT
from tests.webui.fake_host import Radio

RUSSIAN = json.loads((ROOT / "localizations" / "ru_RU.json").read_text(encoding="utf-8"))
UNTRANSLATED = {"NeuralMaster"}


def panel(host):
    """The texts of the panel; the names of values are the same in every language."""
    host.add_settings()
    radio = Radio()
    host.add(radio)
    host.context.Context.root_block = SimpleNamespace(blocks={radio._id: radio})
    host.made.clear()
    host.script.ui(True)
    # what is hidden and has no id is never shown
    shown = [c for c in host.made if getattr(c, "visible", True) or hasattr(c, "elem_id")]
    return {text for c in shown for text in (c.label, getattr(c, "info", None)) if text}


def settings(host):
    """The texts of the settings, as they are on the host's page; one is hidden there."""
    host.add_settings()
    options = host.opts.options.values()
    return {o.label for o in options} | {f"({o.explained})" for o in options if o.explained}


def captions(_):
    """Those of a preview, in the source of its module; its sentences hold figures."""
    preview = importlib.import_module("neuralmaster.webui.preview")
    source = importlib.import_module("inspect").getsource(preview._pictures)
    return set(re.findall(r'"((?:Red|Green|Useful area|Prepared|Original)[^"]*)"', source))


def sentences(_):
    """Why an image stays as it is, as far as there is no figure in it."""
    known = [value for value in vars(fallbacks).values() if isinstance(value, Fallback)]
    assert len(known) == 5
    return {fallback.sentence for fallback in known}


def studio(_):
    """Of the tables of tools, finders and next steps; its page is looked at in a real WebUI."""
    tools = importlib.import_module("neuralmaster.studio.tools").TOOLS.values()
    finders = importlib.import_module("neuralmaster.making.finders").FINDERS.values()
    steps = importlib.import_module("neuralmaster.studio.view")._NEXT.values()
    of_tools = {text for tool in tools for text in (tool.label, tool.help)}
    return of_tools | {finder.label for finder in finders} | {*steps}


class Texts(HTMLParser):
    """What stands between the tags of a page, and in attributes that are shown."""

    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_data(self, data):
        self.found.add(data.strip())

    def handle_starttag(self, tag, attrs):
        self.found.update(value for name, value in attrs if name in ("title", "placeholder"))


def page_of_the_studio():
    """The page, and what its scripts write on it."""
    scripts = [file.read_text(encoding="utf-8") for file in (ROOT / "javascript").glob("*.js")]
    written = re.findall(r'"([^"\n]+)"', "\n".join(scripts))
    page = importlib.import_module("neuralmaster.studio.markup").page(in_webui=True)
    return Texts(page).found | {*written}


ALL = [panel, settings, captions, sentences, studio]


def test_every_line_has_its_text(host, monkeypatch):
    seen = set().union(*(texts(host) for texts in ALL), page_of_the_studio())
    monkeypatch.delattr("modules.processing.StableDiffusionProcessingImg2Img.mask_round")
    host.load()
    seen |= settings(host)
    assert sorted(RUSSIAN.keys() - seen) == []


@pytest.mark.parametrize("seen", ALL)
def test_every_text_that_is_seen_has_its_line(host, seen):
    texts = seen(host) - UNTRANSLATED
    assert texts
    assert sorted(text for text in texts if text not in RUSSIAN) == []


def test_where_a_gradient_cannot_be_kept_that_has_its_line(host, monkeypatch):
    monkeypatch.delattr("modules.processing.StableDiffusionProcessingImg2Img.mask_round")
    host.load()
    assert settings(host) - UNTRANSLATED <= RUSSIAN.keys()


def names_of_values():
    specs = importlib.import_module("neuralmaster.params").all_specs().values()
    return {name for spec in specs for name in getattr(spec, "names", ())} | {"upload"}


def test_lines_are_russian_and_keep_what_stays_the_same():
    """Names of values and files, what the WebUI calls its own, and figures."""
    kept = "|".join([*(f"{name}: " for name in sorted(names_of_values())), r"NAME-|\d+(?:\.\d+)?"])
    for english, russian in RUSSIAN.items():
        assert re.search("[\u0400-\u04ff]", russian), english
        assert (english[:1] == "(") == (russian[:1] == "("), english
        assert english[-1:] not in ".)" or russian[-1] == english[-1], english
        ours, theirs = (
            re.findall(kept, text.replace("\u0418\u041c\u042f", "NAME"))
            for text in (english, russian)
        )
        assert ours == theirs, english


def test_names_of_values_are_not_translated():
    """Scripts of the page, API calls and infotexts look for them."""
    assert not {"NeuralMaster", *names_of_values()} & RUSSIAN.keys()
