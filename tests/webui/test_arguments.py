"""What a job's arguments may be, and every sentence about those that may not, on the fake host."""

import base64
import io
import warnings

import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fills import FILLS
from neuralmaster.params import BY_POSITION, all_specs
from tests.pictures import textured_scene
from tests.webui.fake_host import Script
from tests.webui.fake_job import Processing, run
from tests.webui.jobs import job, same

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own, at import; not ours to mend
    from fastapi import FastAPI
    from fastapi.testclient import TestClient


def encoded(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


IMAGE, MASK = textured_scene(64, 64)
OBJECT = encoded(MASK.getchannel("G"))
# what clients may send; the position of `mask` is after grain. A new parameter comes last
PUBLISHED = (
    "enabled, method, source, feather, object_mask, grain, colour, gradient, match, match_strength"
)
NAMES = ", ".join([PUBLISHED, *BY_POSITION[8:]])


def refused(process, *args):
    """The sentence with which a job of these arguments is refused."""
    with pytest.raises(Exception) as error:
        process(**job(script_args=args)[2])
    assert type(error.value).__name__ == "NeuralMasterError"
    return str(error.value)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (({"methd": "mean", "size": 3},), f"expected {NAMES}, got 'methd', 'size'"),
        (({"mask": ""},), f"expected {NAMES}, got 'mask'"),
        (("yes",), "enabled: expected true or false, got 'yes'"),
        (
            (True, None, None, None, "", None, OBJECT),
            "mask: expected none from a client, whose mask is the job's own",
        ),
        (
            ({"object_mask": OBJECT, "source": "green"},),
            "object_mask: expected it only with source 'upload', got source 'green'",
        ),
        *(
            (
                args,
                "object_mask: expected a picture of the useful object, got none; upload one, or "
                "choose another source for the object",
            )
            for args in [
                ({"source": "upload"},),
                ({"source": "upload", "object_mask": None},),
                (True, "mean", "upload"),
                (True, "mean", "upload", 0.0, ""),
            ]
        ),
        (({"object_mask": "aGk=\n"},), "object_mask: expected a picture in base64, got other text"),
        (
            (True, "mean", "upload", 0.0, [OBJECT]),
            "object_mask: expected a picture in base64, got list",
        ),
        (
            ({"object_mask": "aGk="},),
            "object_mask: expected a picture (PNG, JPEG, WEBP, BMP, GIF), got a file of another "
            "kind",
        ),
    ],
)
def test_what_is_wrong_is_told_whole(process, args, sentence):
    assert refused(process, *args) == f"NeuralMaster: {sentence}"


def test_an_object_mask_has_no_more_megapixels_than_the_flag_allows(process, host):
    host.parsed_flags.neuralmaster_max_megapixels = 0.004
    assert refused(process, {"object_mask": OBJECT}) == (
        "NeuralMaster: object_mask: expected at most 0.004 megapixels, got more (64x64); "
        "scale it down"
    )
    host.parsed_flags.neuralmaster_max_megapixels = 64 * 64 / 1e6
    p, _ = process(**job(script_args=({"object_mask": OBJECT},))[2])
    assert same(p.sampled[0], preprocess(IMAGE, MASK).image)


@pytest.mark.parametrize("source", ["green", "all"])
def test_the_page_sends_its_object_mask_whether_it_is_wanted_or_not(process, source):
    args = (True, "context", source, 0.0, OBJECT)
    p, _ = process(**job(script_args=args)[2])
    assert same(p.sampled[0], preprocess(IMAGE, MASK, FillParams(source=source)).image)


@pytest.mark.parametrize(
    "args",
    [
        ({"object_mask": OBJECT},),
        ({"object_mask": OBJECT, "source": "upload"},),
        ({"object_mask": OBJECT, "source": None},),
        (True, "context", "upload", 0.0, OBJECT),
        (True, "context", None, 0.0, OBJECT),
    ],
)
def test_an_object_mask_is_the_source_where_no_other_is_named(process, args):
    red = MASK.getchannel("R")
    p, _ = process(**{**job(script_args=args)[2], "image_mask": red})
    assert same(p.sampled[0], preprocess(IMAGE, MASK).image)


@pytest.mark.parametrize("source", ["all", "alpha"])
def test_an_object_mask_counts_whatever_the_settings_have_for_a_source(process, host, source):
    host.add_settings()
    host.opts.data["neuralmaster_source"] = source
    red = MASK.getchannel("R")
    for args in [({"object_mask": OBJECT},), (True, "context", "upload", 0.0, OBJECT)]:
        p, _ = process(**{**job(script_args=args)[2], "image_mask": red})
        assert same(p.sampled[0], preprocess(IMAGE, MASK).image)


def test_what_is_none_is_as_the_settings_have_it(process, host):
    host.add_settings()
    host.opts.data |= {"neuralmaster_method": "mean", "neuralmaster_feather": 9.0}
    expected = preprocess(IMAGE, MASK, FillParams(method="mean", feather=9)).image
    for args in [({"method": None},), (True, None, None, None), (True,), ({},)]:
        p, _ = process(**job(script_args=args)[2])
        assert same(p.sampled[0], expected)
    p, _ = process(**job(script_args=({"method": "classic", "feather": 0},))[2])
    assert same(p.sampled[0], preprocess(IMAGE, MASK, FillParams(method="classic")).image)


@pytest.mark.parametrize(
    ("args", "asks"),
    [
        ((), False),
        ((False,), False),
        ((1,), False),
        (("true",), False),
        ((None,), False),
        ((True,), True),
        (({},), True),
        (({"enabled": True},), True),
        (({"enabled": False},), False),
    ],
)
def test_what_asks_for_the_fill_by_name(process, args, asks):
    p, _ = process(**job(inpainting_fill=1, script_args=args)[2])
    assert same(p.sampled[0], preprocess(IMAGE, MASK).image if asks else IMAGE)


class Seen(Script):
    """Another extension, which notes the arguments of all scripts during a run."""

    args_from = args_to = 0

    def process(self, p):
        self.args = p.script_args


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize(
    ("ours", "off"),
    [
        (
            (True, "mean", "green", 3.0, "", 0.5, Image.new("L", (9, 9))),
            (False, "mean", "green", 3.0, "", 0.5, ""),
        ),
        (
            ({"method": "mean"}, 1, 2, 3, 4, 5, Image.new("L", (9, 9))),
            ({"method": "mean", "enabled": False}, 1, 2, 3, 4, 5, ""),
        ),
    ],
)
def test_during_a_run_our_arguments_are_off_and_those_of_others_as_they_were(host, kind, ours, off):
    host.script.args_from, host.script.args_to = 2, 9
    seen = Seen()
    given = kind(["before", 1, *ours, "after"])
    p = Processing(**job(script_args=given)[2])
    run(host, p, host.script, [seen])
    assert seen.args == kind(["before", 1, *off, "after"])
    assert type(seen.args) is kind
    assert p.script_args is given
    assert list(given) == ["before", 1, *ours, "after"]
    assert host.errors == []


def test_the_form_of_the_arguments_is_json_schema(host):
    host.add_settings()
    host.opts.data["neuralmaster_feather"] = 5.0
    app = FastAPI()
    for callback in host.callbacks["app_started"]:
        callback(None, app)
    form = TestClient(app).get("/neuralmaster/v1/info").json()["parameters"]
    known = form.pop("properties")
    assert form == {"type": "object", "additionalProperties": False}
    texts = {n: {"title": s.label, "description": s.help} for n, s in all_specs().items()}
    methods = list(FILLS)
    choice, number = {"type": "string"}, {"type": "number"}
    assert known.keys() == {*all_specs(), "object_mask"}
    assert known == {
        **known,  # parameters that came later are described by the same functions
        "method": {**choice, "enum": methods, "default": "context", **texts["method"]},
        "colour": {
            **choice,
            "pattern": "^#[0-9a-fA-F]{6}$",
            "default": "#808080",
            **texts["colour"],
        },
        "source": {
            **choice,
            "enum": ["green", "alpha", "all", "auto", "upload"],
            "default": "green",
            **texts["source"],
        },
        "feather": {**number, "minimum": 0, "maximum": 512, "default": 5, **texts["feather"]},
        "grain": {**number, "minimum": 0, "maximum": 1, "default": 0, **texts["grain"]},
        "gradient": {
            **choice,
            "enum": ["hard", "blend", "strength"],
            "default": "hard",
            **texts["gradient"],
        },
        "match": {
            **choice,
            "enum": ["off", "seam", "object"],
            "default": "seam",
            **texts["match"],
        },
        "match_strength": {
            **number,
            "minimum": 0,
            "maximum": 1,
            "default": 1,
            **texts["match_strength"],
        },
        "object_mask": {
            **choice,
            "contentEncoding": "base64",
            "title": "Object mask",
            "description": "a picture that marks the useful object in white, in base64 or as a "
            "data URL; with it, source is upload",
        },
    }
