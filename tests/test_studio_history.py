"""Undo and redo in the studio: a hundred steps, each kept as what it changed."""

import numpy as np
import pytest

from neuralmaster.studio import desk, tools
from neuralmaster.studio.desk import Desk, Stroke
from neuralmaster.studio.history import Difference
from tests.pictures import textured_scene


@pytest.fixture
def opened():
    return Desk.open(textured_scene(300, 200)[0], "scene.png")


def dot(k):
    return Stroke(desk.INPAINT, tools.PAINT, (((k % 20) / 20, (k // 20) / 10),), 0.05)


def test_a_hundred_steps_are_undone_and_done_again(opened):
    states = [opened]
    for k in range(desk.STEPS + 9):
        states.append(states[-1].drawn(dot(k)))
    last = states[-1]
    assert len(last.past) == desk.STEPS == 100
    for before in reversed(states[9:-1]):
        last = last.undone()
        assert np.array_equal(last.inpaint.plane, before.inpaint.plane)
    assert last.undone() is last
    assert len(last.future) == desk.STEPS
    for after in states[10:]:
        last = last.redone()
        assert np.array_equal(last.inpaint.plane, after.inpaint.plane)
    assert last.redone() is last
    assert len(last.past) == desk.STEPS


def test_a_hundred_strokes_take_less_memory_than_a_plane(opened):
    last = opened
    for k in range(100):
        last = last.drawn(dot(k))
    assert sum(step.bytes() for step in last.past) < 200 * 300


def test_what_differs_is_looked_for_where_it_can_be():
    plane, other = np.zeros((400, 500), np.uint8), np.zeros((400, 500), np.uint8)
    plane[300:310, 70:90] = 7
    for within in (None, (70, 300, 90, 310), (60, 0, 200, 400)):
        change = Difference.between(plane, other, within)
        assert change.box == (70, 300, 90, 310)
        assert np.array_equal(change.applied_to(other), plane)
    assert Difference.between(plane, other, (91, 0, 500, 400)).data == b""
    assert Difference.between(plane, other, (500, 0, 500, 400)).data == b""


def test_whatever_is_done_can_be_done_again(opened):
    steps = [
        lambda d: d.drawn(dot(30)),
        lambda d: d.edited(desk.INPAINT, "invert", 0),
        lambda d: d.found_by(desk.SOURCE, "all"),
        lambda d: d.with_preset(desk.REMOVE),
        lambda d: d.extended((0, 0, 30, 0)),
        lambda d: d.drawn(dot(31)),
    ]
    states = [opened]
    for step in steps:
        states.append(step(states[-1]))
    last = states[-1]
    for way, expected in ((Desk.undone, states[-2::-1]), (Desk.redone, states[1:])):
        for state in expected:
            last = way(last)
            assert (last.size, last.preset) == (state.size, state.preset)
            assert last.source.is_auto == state.source.is_auto
            assert last.opened is state.opened
            for layer in desk.LAYERS:
                assert np.array_equal(last.layer(layer).plane, state.layer(layer).plane)
                assert last.layer(layer).feather == state.layer(layer).feather


def test_what_is_undone_is_gone_after_another_step(opened):
    undone = opened.drawn(dot(1)).drawn(dot(2)).undone()
    assert len(undone.future) == 1
    assert undone.drawn(dot(3)).future == ()
    assert len(undone.with_feather(desk.INPAINT, 3).future) == 1


def test_undo_leaves_the_parameters_of_the_fill_alone(opened):
    changed = opened.drawn(dot(1)).with_params(method="mean")
    assert changed.undone().params.method == "mean"
    assert changed.undone().redone().params.method == "mean"


def test_the_oldest_steps_go_if_they_take_too_much(monkeypatch, opened):
    monkeypatch.setattr(desk, "PAST", 3e6)
    last = opened
    for _ in range(12):
        last = last.extended((0, 0, 60, 60))
    assert 1 <= len(last.past) < 12
    assert last.memory() < 3e6 + 2 * Desk.open(last.opened.image, "a").memory()


def test_a_difference_is_the_rectangle_that_changed():
    before = np.zeros((40, 50), np.uint8)
    after = before.copy()
    after[10:13, 20:25] = 7
    after[12, 24] = 0
    difference = Difference.between(after, before)
    assert (difference.corner, difference.part) == ((10, 20), (3, 5))
    assert np.array_equal(difference.applied_to(before), after)
    assert before.max() == 0
    same = Difference.between(after, after)
    assert same.data == b""
    assert same.applied_to(after) is after
    assert Difference.between(after.copy(), after).applied_to(after) is after
    other = Difference.between(after, np.zeros((3, 3), np.uint8))
    assert np.array_equal(other.applied_to(np.ones((3, 3), np.uint8)), after)
