"""The names for other extensions, on the fake host."""

import importlib
import sys
from types import SimpleNamespace

import pytest
from PIL import Image

from neuralmaster import FillParams, __version__, preprocess
from neuralmaster.params import BY_POSITION
from tests.webui.fake_host import Script
from tests.webui.fake_job import Processing, run
from tests.webui.jobs import BY_NAME, job, same

NONE = (False, *[None] * (len(BY_POSITION) + 2))  # and an object mask and a mask


class Other(Script):
    """Another extension, which acts in its `before_process`."""

    args_from = args_to = 0

    def __init__(self, act):
        self.act = act

    def before_process(self, p):
        self.act(p)


@pytest.fixture
def external(host, monkeypatch):
    page = SimpleNamespace(alwayson_scripts=[host.script])
    monkeypatch.setattr(sys.modules["modules.scripts"], "scripts_img2img", page, raising=False)
    return importlib.import_module("neuralmaster.webui.external")


def of(host, **fields):
    """A job whose scripts are ours."""
    image, mask, fields = job(**fields)
    p = Processing(**fields)
    p.scripts = SimpleNamespace(alwayson_scripts=[host.script])
    return image, mask, p


def test_version_and_index_are_those_that_clients_get(external):
    assert (external.version(), external.index()) == (__version__, 4)
    assert sorted(external.__all__) == ["ask", "index", "is_wanted", "version"]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"inpainting_fill": 4}, True),
        ({"inpainting_fill": 1}, False),
        ({"inpainting_fill": 0, "script_args": tuple(BY_NAME)}, True),
        ({"inpainting_fill": 4, "image_mask": None}, False),
        ({"inpainting_fill": 4, "init_images": []}, False),
    ],
)
def test_whether_a_fill_is_wanted_is_told_before_during_and_after_a_run(
    host, external, fields, wanted
):
    _, _, p = of(host, **fields)
    during = []
    other = Other(lambda p: during.append((p.inpainting_fill, external.is_wanted(p))))
    assert external.is_wanted(p) is wanted
    if p.init_images:
        run(host, p, host.script, [other])
        assert during == [(1 if wanted else fields["inpainting_fill"], wanted)]
        assert external.is_wanted(p) is wanted
    assert host.errors == []


def test_jobs_of_other_kinds_want_nothing(host, external):
    assert external.is_wanted(SimpleNamespace()) is False
    assert external.is_wanted(SimpleNamespace(scripts=None)) is False
    theirs = SimpleNamespace(scripts=SimpleNamespace(alwayson_scripts=[Other(print)]))
    assert external.is_wanted(theirs) is False


def test_a_job_that_has_our_script_is_filled_as_asked(host, external):
    image, mask, p = of(host, inpainting_fill=1)
    external.ask(p, method="mean", feather=8.0)
    assert external.is_wanted(p)
    assert p.script_args[0] == {"method": "mean", "feather": 8.0, "enabled": True}
    assert p.script_args[1:] == ("context", "green", 0.0, "", 0.0)
    run(host, p, host.script)
    assert host.errors == []
    params = FillParams(method="mean", feather=8.0)
    assert same(p.sampled[0], preprocess(image, mask, params).image)


@pytest.mark.parametrize("kind", [list, tuple, None])
def test_a_job_that_lacks_our_script_gets_it_after_its_own(host, external, kind):
    theirs = Other(print)
    image, mask, fields = job(inpainting_fill=1)
    p = Processing(**fields)
    runner = SimpleNamespace(alwayson_scripts=[theirs], callback_map={"process": (1, [])})
    p.scripts = runner if kind else None
    p.script_args = kind([7, 8]) if kind else None
    external.ask(p, method="mean")
    own = [7, 8] if kind else []
    assert p.script_args == [*own, {"method": "mean", "enabled": True}, *NONE[1:]]
    assert runner.alwayson_scripts == [theirs]
    assert runner.callback_map == {"process": (1, [])}
    if kind:
        assert p.scripts.callback_map == {}
    *before, ours = p.scripts.alwayson_scripts
    assert before == ([theirs] if kind else [])
    assert (ours.args_from, ours.args_to) == (len(own), len(own) + len(NONE))
    assert (host.script.args_from, host.script.args_to) == (0, len(NONE))
    run(host, p, ours)
    assert host.errors == []
    assert same(p.sampled[0], preprocess(image, mask, FillParams(method="mean")).image)
    assert host.script.jobs == {}


def test_a_script_of_its_own_may_ask_in_its_hook_before_or_after_ours(host, external):
    image, mask, p = of(host, inpainting_fill=1)
    other = Other(lambda p: external.ask(p, method="mean"))
    run(host, p, host.script, [other])
    assert host.errors == []
    assert same(p.sampled[0], preprocess(image, mask, FillParams(method="mean")).image)


NO_JOB = "expected a job of img2img with an init image and a mask, got none"


@pytest.mark.parametrize(
    ("fields", "wish", "sentence"),
    [
        ({"image_mask": None}, {}, NO_JOB),
        ({"init_images": []}, {}, NO_JOB),
        ({}, {"method": "none"}, "method: expected one of "),
        ({}, {"size": 1}, "expected enabled, method, "),
        ({}, {"object_mask": Image.new("L", (8, 8))}, "object_mask: expected a picture in base64"),
    ],
)
def test_what_cannot_be_filled_is_told_in_one_sentence_and_left_alone(
    host, external, fields, wish, sentence
):
    _, _, p = of(host, inpainting_fill=1, **fields)
    args = p.script_args
    with pytest.raises(ValueError, match=f"^{sentence}"):
        external.ask(p, **wish)
    assert p.script_args is args


def test_in_a_host_that_is_not_supported_nothing_can_be_asked(host, external, monkeypatch):
    _, _, p = of(host)
    monkeypatch.delattr("modules.images.flatten")
    importlib.import_module("neuralmaster.webui.hosts").current.cache_clear()
    with pytest.raises(ValueError, match="This WebUI is not supported"):
        external.ask(p)


@pytest.mark.parametrize("page", [None, SimpleNamespace(alwayson_scripts=[])])
def test_where_our_script_is_switched_off_nothing_can_be_asked(host, external, monkeypatch, page):
    _, _, p = of(host)
    p.scripts = None
    monkeypatch.setattr(sys.modules["modules.scripts"], "scripts_img2img", page)
    with pytest.raises(ValueError, match="NeuralMaster is not among the scripts of img2img"):
        external.ask(p)
