"""Acts as the page sends them: each does one thing, and whatever is wrong is one sentence."""

import json

import numpy as np
import pytest

from neuralmaster import files
from neuralmaster.studio import acts, desk
from neuralmaster.studio.desk import Desk
from tests.pictures import pixels, textured_scene

STROKE = {
    "act": "stroke", "layer": "inpaint", "tool": "paint", "points": [[0.5, 0.5]], "brush": 0.3,
}  # fmt: skip
UNKNOWN = "expected an act of the studio's page, got something else"


@pytest.fixture
def opened():
    return Desk.open(textured_scene(300, 200)[0], "scene.png")


def test_every_act_is_done(opened):
    mask = files.data_url(textured_scene(300, 200)[1])
    for act, check in (
        (STROKE, lambda d: d.inpaint.plane[100, 150] == 255),
        ({"act": "preset", "preset": "remove"}, lambda d: d.source.plane.min() == 255),
        ({"act": "params", "values": {"grain": 0.5}}, lambda d: d.params.grain == 0.5),
        ({"act": "feather", "layer": "source", "width": 7}, lambda d: d.source.feather == 7),
        ({"act": "find", "layer": "source", "finder": "all"}, lambda d: d.source.plane.all()),
        (
            {"act": "edit", "layer": "inpaint", "edit": "invert", "pixels": 0},
            lambda d: d.inpaint.plane.all(),
        ),
        ({"act": "extend", "sides": [0, 0, 20, 0]}, lambda d: d.size == (320, 200)),
        (
            {"act": "mask", "layer": "inpaint", "name": "a.png", "picture": mask},
            lambda d: d.inpaint.plane[100, 155] == 255 and not d.source.is_auto,
        ),
    ):
        changed, refused = acts.done(opened, [act])
        assert refused == ""
        assert check(changed), act
    assert set(acts.ACTS) == {
        "stroke", "undo", "redo", "preset", "params", "feather", "find", "edit", "extend", "mask",
        "restore",
    }  # fmt: skip


def test_undo_and_redo(opened):
    painted, _ = acts.done(opened, [STROKE])
    undone, _ = acts.done(painted, [{"act": "undo"}])
    assert (acts.state(undone)["undo"], acts.state(undone)["redo"]) == (0, 1)
    assert not acts.state(undone)["is_marked"]
    redone, _ = acts.done(undone, [{"act": "redo"}])
    assert np.array_equal(redone.inpaint.plane, painted.inpaint.plane)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (7, UNKNOWN),
        ({}, UNKNOWN),
        ({"act": "format"}, UNKNOWN),
        ({"act": ["stroke"]}, UNKNOWN),
        ({"act": "edit"}, UNKNOWN),
        ({"act": "extend", "sides": [1, 2]}, None),
        ({"act": "extend", "sides": [1e400, 0, 0, 0]}, UNKNOWN),
        ({"act": "params", "values": 7}, UNKNOWN),
        ({"act": "params", "values": {"grain": 2}}, "grain: expected a number from 0 to 1, got 2"),
        ({"act": "find", "layer": "source", "finder": "magic"}, UNKNOWN),
        ({"act": "find", "layer": "blue", "finder": "all"}, None),
        ({"act": "edit", "layer": "inpaint", "edit": "grow", "pixels": 1e9},
         "expected an edit by 0 to 4096 pixels, got 1e+09"),
        ({"act": "edit", "layer": "inpaint", "edit": "grow", "pixels": float("nan")},
         "expected an edit by 0 to 4096 pixels, got nan"),
        ({**STROKE, "brush": -1}, "expected a stroke of the canvas, got something else"),
        ({"act": "mask", "layer": "inpaint", "name": "../a.png", "picture": "file:///etc/passwd"},
         "a.png: expected a picture that the page was given, got something else"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_and_the_rest_is_done(opened, act, sentence):
    changed, refused = acts.done(opened, [act, STROKE])
    assert refused
    assert sentence is None or refused == sentence
    assert changed.inpaint.plane[100, 150] == 255
    assert len(changed.past) == 1


def test_a_failure_of_ours_is_told_and_logged(opened, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setitem(acts.ACTS, "undo", fail)
    changed, refused = acts.done(opened, [{"act": "undo"}])
    assert changed is opened
    assert refused == "This failed, please report it: RuntimeError('broken')"
    assert "The studio failed." in caplog.text
    told = acts.sentence(MemoryError())
    assert told == "There is not enough memory for a picture of this size."


def test_what_is_saved_makes_the_same_desk_again(opened):
    wanted = [
        STROKE,
        {"act": "find", "layer": "source", "finder": "all"},
        {"act": "feather", "layer": "inpaint", "width": 21},
        {"act": "params", "values": {"method": "mean"}},
    ]
    before, _ = acts.done(opened, wanted)
    act = json.loads(json.dumps(acts.saved(before)))
    after, refused = acts.done(opened, [act])
    assert refused == ""
    assert np.array_equal(pixels(after.mask().picture()), pixels(before.mask().picture()))
    assert after.params == before.params
    assert (after.past, after.future) == ((), ())
    auto, _ = acts.done(opened, [STROKE])
    again, _ = acts.done(opened, [acts.saved(auto)])
    assert again.source.is_auto
    assert again.inpaint.feather == auto.inpaint.feather


def test_saved_work_does_not_fit_another_picture(opened):
    other = Desk.open(textured_scene(100, 80)[0], "other.png")
    changed, refused = acts.done(other, [acts.saved(opened)])
    assert changed is other
    assert refused == "the saved work belongs to another picture"


def test_the_state_says_what_the_controls_show(opened):
    changed, _ = acts.done(opened, [STROKE, {"act": "extend", "sides": [0, 0, 20, 0]}])
    assert acts.state(changed) == {
        "preset": desk.RETEXTURE,
        "params": {**acts.state(opened)["params"]},
        "feather": {"inpaint": 0, "source": 0},
        "undo": 2,
        "redo": 0,
        "is_extended": True,
        "is_marked": True,
    }
