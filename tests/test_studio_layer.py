"""A layer that a stroke has changed knows its copies; they are those of a layer that never knew."""

import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster.making import edits
from neuralmaster.making.finders import Found, cell, find, useful_part
from neuralmaster.studio import desk, tools
from neuralmaster.studio.desk import Desk, Stroke
from neuralmaster.studio.layer import Layer
from tests.pictures import textured_scene

SIZE = (131, 67)  # of no whole number of cells
FACTORS = (2, 3, 7)


def looked_at(layer):
    """All that views may ask of it."""
    made = {factor: (layer.hard(factor), layer.reduced(factor)) for factor in FACTORS}
    return made, layer.is_marked


def same(layer, other):
    (mine, marked), (its, its_marked) = looked_at(layer), looked_at(other)
    return marked == its_marked and all(
        np.array_equal(one, two)
        for factor in FACTORS
        for one, two in zip(mine[factor], its[factor], strict=True)
    )


def holds(box, plane):
    left, upper, right, lower = box
    outside = plane.copy()
    outside[upper:lower, left:right] = 0
    return not outside.any()


def test_a_layer_that_is_altered_again_and_again_is_as_a_new_one():
    draw = np.random.default_rng(0)
    layer = Layer(edits.blank(SIZE), 9)
    for step in range(60):
        assert same(layer, Layer(layer.plane, layer.feather))
        assert holds(layer.extent, layer.plane)
        left, upper = draw.integers(0, SIZE[0]), draw.integers(0, SIZE[1])
        box = (left, upper, *np.minimum(np.add([left, upper], draw.integers(0, 40, 2)), SIZE))
        plane = layer.plane.copy()
        part = plane[box[1] : box[3], box[0] : box[2]]
        part[...] = 0 if step % 3 == 2 else draw.integers(0, 256, part.shape)
        before, layer = layer, layer.altered(plane, tuple(map(int, box)))
        assert same(before, Layer(before.plane, before.feather))  # it is left as it is


def test_a_layer_that_is_erased_is_not_marked():
    layer = Layer(edits.stroke(SIZE, [(60, 30)], 20))
    assert layer.is_marked
    assert not layer.altered(edits.blank(SIZE), layer.extent).is_marked


def test_what_is_known_of_a_layer_is_known_with_another_feather():
    layer = Layer(edits.stroke(SIZE, [(60, 30)], 20), 9)
    looked_at(layer)
    other = layer.like(4, is_auto=True)
    assert other.copies is layer.copies
    assert (other.feather, other.is_auto, layer.feather, layer.is_auto) == (4, True, 9, False)
    assert same(other, Layer(layer.plane, 4))


def test_large_copies_are_not_kept(monkeypatch):
    monkeypatch.setattr("neuralmaster.studio.layer.SMALL", 66 * 34)
    layer = Layer(edits.stroke(SIZE, [(60, 30)], 20))
    layer.hard(1), layer.hard(2)
    assert [factor for _, factor in layer.copies] == [2]


@pytest.mark.parametrize(
    "places", [((60 / 131, 30 / 67),), ((0.2, 0.3), (0.9, 0.8)), ((-0.1, 0.5), (0.1, 1.2))]
)
@pytest.mark.parametrize("brush", [0, 0.01, 0.04, 20 / 131, 0.3])
@pytest.mark.parametrize("tool", [tools.PAINT, tools.ERASE])
def test_a_stroke_changes_nothing_that_its_brush_does_not_reach(tool, brush, places):
    drag = tools.Drag(
        Image.new("RGB", SIZE), full := edits.blank(SIZE, 255), full,
        [(x * SIZE[0], y * SIZE[1]) for x, y in places], max(0.5, brush * SIZE[0] / 2),
    )  # fmt: skip
    assert holds(drag.reach, drag.brush)
    empty = tools.Drag(drag.picture, edits.blank(SIZE), full, drag.points, drag.radius)
    if tool == tools.PAINT:
        assert np.array_equal(tools.TOOLS[tool].apply(empty), drag.brush)
    else:
        assert np.array_equal(tools.TOOLS[tool].apply(drag), cv2.bitwise_not(drag.brush))


def test_a_stroke_beside_the_picture_changes_nothing():
    opened = Desk.open(textured_scene(300, 200)[0], "a")
    beside = opened.drawn(Stroke(desk.INPAINT, tools.PAINT, ((-2, -2), (-2, 3)), 0.1))
    assert not beside.inpaint.plane.any()
    assert np.array_equal(beside.undone().inpaint.plane, opened.inpaint.plane)


def test_strokes_undo_and_redo_leave_what_views_show_as_it_is():
    work = Desk.open(textured_scene(300, 200)[0], "a")
    states = [work]
    for k, tool in enumerate((tools.PAINT, tools.PAINT, tools.ERASE, tools.PAINT)):
        for name in desk.LAYERS:
            looked_at(work.layer(name))
            work = work.drawn(Stroke(name, tool, ((0.3 + k / 9, 0.4), (0.5, 0.6)), 0.1))
            states.append(work)
    for step, expected in ((Desk.undone, states[-2::-1]), (Desk.redone, states[1:])):
        for state in expected:
            work = step(work)
            assert np.array_equal(work.source.plane, state.source.plane)
            for name in desk.LAYERS:
                layer = work.layer(name)
                assert np.array_equal(layer.plane, state.layer(name).plane)
                assert same(layer, Layer(layer.plane, layer.feather))


@pytest.mark.parametrize("place", [(150, 100), (5, 5), (150, 30)])
def test_outside_of_its_box_the_useful_object_is_what_was_found(place):
    image = textured_scene(300, 200)[0]
    found, area = find(image), edits.stroke(image.size, [place], 14)
    known = Found(edits.erase(found.plane, area), by="")  # what is spoilt does not look like it
    made, box = useful_part(image, area, known, edits.pooled(area, cell(image.size)))
    assert holds(box, cv2.absdiff(made.plane, known.plane))
