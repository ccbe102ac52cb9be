import numpy as np
import pytest

from neuralmaster.making import edits

SIZE = (60, 40)


def block(left, upper, right, lower, size=SIZE):
    return edits.rectangle(size, (left, upper, right, lower))


def test_a_stroke_marks_what_the_brush_touches():
    plane = edits.stroke(SIZE, [(10, 20), (50, 20)], radius=5)
    y, x = np.mgrid[0:40, 0:60]
    away = np.hypot(np.maximum(np.maximum(10 - x, x - 50), 0), y - 20)
    assert (plane[away < 4] == 255).all()
    assert (plane[away > 7] == 0).all()


def test_a_dab_and_a_stroke_beyond_the_border_and_no_stroke():
    assert edits.stroke(SIZE, [(30, 20)], 4)[20, 30] == 255
    assert edits.stroke(SIZE, [(-500, -20), (-80, 20)], 4).max() == 0
    assert edits.stroke(SIZE, [], 4).max() == 0


def test_the_box_of_points_is_cut_to_the_picture():
    assert edits.bounds([(10.5, 9), (-4, 30.2)], SIZE) == (0, 9, 11, 31)
    for points in ([], [(70, 5), (90, 20)], [(5, 5)]):
        with pytest.raises(ValueError, match="expected a box with pixels in it"):
            edits.bounds(points, SIZE)


@pytest.mark.parametrize("pixels", [1, 3, 8])
def test_growing_moves_every_edge_by_so_many_pixels_and_shrinking_back(pixels):
    plane = block(20, 15, 40, 25)
    grown = edits.grow(plane, pixels)
    assert (np.flatnonzero(grown[20] > 127) == np.arange(20 - pixels, 40 + pixels)).all()
    assert (np.flatnonzero(grown[:, 30] > 127) == np.arange(15 - pixels, 25 + pixels)).all()
    assert (grown >= plane).all()
    back = edits.shrink(grown, pixels)
    assert (np.abs((back > 127).sum() - (plane > 127).sum()) <= 0.02 * plane.size).all()


def test_growing_nothing_and_shrinking_everything():
    nothing, everything = edits.blank(SIZE), edits.blank(SIZE, 255)
    assert not edits.grow(nothing, 9).any()
    assert (edits.shrink(everything, 9) == 255).all()  # the picture's border is no edge
    assert not edits.shrink(block(20, 15, 30, 25), 9).any()


def test_only_what_is_enclosed_is_a_hole():
    ring = edits.erase(block(10, 10, 40, 30), block(15, 15, 30, 25))
    assert np.array_equal(edits.fill_holes(ring), block(10, 10, 40, 30))
    bay = edits.erase(block(0, 10, 40, 30), block(0, 15, 30, 25))
    assert np.array_equal(edits.fill_holes(bay), bay)


def test_add_erase_and_invert():
    one, other = block(0, 0, 30, 40), block(20, 0, 60, 40)
    assert (edits.add(one, other) == 255).all()
    assert np.array_equal(edits.erase(one, other), block(0, 0, 20, 40))
    assert np.array_equal(edits.invert(one), block(30, 0, 60, 40))


def test_feathering_keeps_what_is_marked():
    plane = block(20, 0, 60, 40)
    soft = edits.feather(plane, 20)
    assert np.array_equal(soft >= 128, plane >= 128)
    assert len(np.unique(soft)) > 15


def test_a_hull_has_no_dents():
    dented = edits.erase(block(10, 10, 50, 30), block(20, 10, 30, 25))
    assert np.array_equal(edits.hull(dented), block(10, 10, 50, 30))
    assert not edits.hull(edits.blank(SIZE)).any()


def test_no_edit_changes_its_input():
    plane = block(20, 10, 40, 30)
    kept = plane.copy()
    for edit in (edits.grow, edits.shrink, edits.feather):
        edit(plane, 5)
        edit(plane, 0)
    for edit in (edits.fill_holes, edits.invert, edits.hull):
        edit(plane)
    assert np.array_equal(plane, kept)


@pytest.mark.parametrize("size", [(1, 1), (4, 1), (1, 4), (2, 2)])
@pytest.mark.parametrize("level", [0, 255])
def test_a_few_pixels_can_be_edited(size, level):
    plane = edits.blank(size, level)
    for edit in (edits.grow, edits.shrink, edits.feather):
        assert edit(plane, 3).shape == plane.shape
    for edit in (edits.fill_holes, edits.invert, edits.hull):
        assert edit(plane).shape == plane.shape


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (61, 40)])
@pytest.mark.parametrize("factor", [1, 2, 5, 9])
def test_a_copy_is_marked_wherever_a_pixel_of_half_or_more_is(size, factor):
    plane = np.random.default_rng(3).choice(
        [0, 127, 128, 255], (size[1], size[0]), p=[0.9, 0.06, 0.02, 0.02]
    )
    rows, columns = (-(-side // factor) for side in plane.shape)
    padded = np.zeros((rows * factor, columns * factor), np.uint8)
    padded[: plane.shape[0], : plane.shape[1]] = (plane >= 128) * 255
    expected = padded.reshape(rows, factor, columns, factor).max(axis=(1, 3))
    assert np.array_equal(edits.pooled(plane.astype(np.uint8), factor), expected)


@pytest.mark.parametrize("width", [0.5, 3, 9.5, 40])
def test_the_gradient_of_a_mark_is_the_same_wherever_it_lies(width):
    dot = edits.stroke((60, 50), [(20, 22), (33, 25)], 4)
    wide = np.zeros((300, 400), np.uint8)
    wide[180:230, 250:310] = dot
    part = edits.feather(wide, width)
    assert np.array_equal(part[180:230, 250:310], edits.feather(dot, width))
    spread = edits.grow(wide, width)
    assert np.array_equal(spread[180:230, 250:310], edits.grow(dot, width))
