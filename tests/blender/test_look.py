"""What a camera sees: coverage to a fraction of a pixel, whatever the camera and the scene."""

from dataclasses import replace

import numpy as np
import pytest

from blender.neuralmaster.look import look
from blender.neuralmaster.raster import NONE
from blender.neuralmaster.soup import OCCLUDER, joined
from tests.blender.shapes import plane, soup_of, sphere
from tests.blender.views import lens, parallel


def box(width, left, right):
    """The share of each of `width` pixels that lies between two places."""
    edges = np.arange(width + 1)
    return np.clip(np.minimum(edges[1:], right) - np.maximum(edges[:-1], left), 0, 1)


def rectangle(shape, left, low, right, high):
    return np.outer(box(shape[0], low, high), box(shape[1], left, right))


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.13, -0.07)])
def test_a_plane_covers_what_its_edges_enclose(shift):
    view = parallel(64, 48, shift=shift)
    visibility = look(plane(1.0, 0.5), view)
    middle = (32 - shift[0] * 64, 24 - shift[1] * 48)
    truth = rectangle((48, 64), middle[0] - 16, middle[1] - 8, middle[0] + 16, middle[1] + 8)
    assert np.abs(visibility.coverage() - truth).max() <= 1 / 16


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.1, 0.2)])
def test_a_lens_and_its_shift(shift):
    view = lens(80, 80, focal=1.0, distance=4.0, shift=shift)
    visibility = look(plane(1.0, 1.0), view)
    middle, half = (40 - 80 * np.array(shift)), 80 * 1.0 / 4.0 / 2
    truth = rectangle((80, 80), *(middle - half), *(middle + half))
    assert np.abs(visibility.coverage() - truth).max() <= 1 / 16


def test_a_sphere_in_perspective_is_a_disc():
    visibility = look(sphere(), lens(256, 256, focal=2.0, distance=5.0))
    radius = 256 * 2.0 / np.sqrt(5.0**2 - 1)
    y, x = np.mgrid[:256, :256] + 0.5 - 128
    from_edge = radius - np.hypot(x, y)
    cover = visibility.coverage()
    assert (cover[from_edge > 1] == 1).all()
    assert (cover[from_edge < -1] == 0).all()
    near = np.abs(from_edge) <= 1
    assert np.abs(cover - np.clip(from_edge + 0.5, 0, 1))[near].max() < 0.15
    assert cover.sum() == pytest.approx(np.pi * radius**2, rel=1e-3)


def test_an_occluder_hides_and_is_no_object():
    behind, before = plane(1.0, 1.0), plane(0.4, 2.0, y=-1.0, centre=(0.25, 0), surface=OCCLUDER)
    visibility = look(joined([behind, before]), parallel(64, 64))
    truth = rectangle((64, 64), 16, 16, 48, 48) - rectangle((64, 64), 33.6, 16, 46.4, 48)
    assert np.abs(visibility.coverage() - truth).max() <= 1 / 16
    assert set(visibility.soup.owner[visibility.which[visibility.which != NONE]]) == {0, 1}


def test_what_is_behind_hides_nothing():
    scene = joined([plane(1.0, 1.0), plane(2.0, 2.0, y=1.0, surface=OCCLUDER)])
    truth = look(plane(1.0, 1.0), parallel()).coverage()
    assert (look(scene, parallel()).coverage() == truth).all()


def test_objects_that_pass_through_each_other_meet_in_a_contour():
    """Neither has an edge there; the border follows from the pixels alone."""
    slanted = plane(1.0, 1.0)
    points = slanted.points.copy()
    points[:, 1] = points[:, 0]
    slanted = soup_of(points, slanted.triangles, slanted.normals, slanted.uv, OCCLUDER)
    visibility = look(joined([plane(1.0, 1.0), slanted]), parallel(64, 64, frame=2.02))
    cover = visibility.coverage()
    assert (cover[20:40, 33:47] == 1).all()  # where the slanted one is farther
    assert (cover[20:40, 18:31] == 0).all()
    assert visibility.contour[30, 31:33].any()


def test_a_wire_thinner_than_a_pixel_is_not_lost():
    wire = plane(0.3 * 2 / 64, 1.0, centre=(0.004, 0))
    cover = look(wire, parallel()).coverage()
    assert cover[20:40].sum(axis=1) == pytest.approx(np.full(20, 0.3), abs=0.07)


def test_the_order_of_triangles_makes_no_difference():
    scene = joined([sphere(rings=12), sphere(0.7, 12, at=(0.3, -1.0, 0.2), surface=OCCLUDER)])
    turned = np.arange(len(scene.triangles))[::-1]
    other = soup_of(scene.points, scene.triangles[turned], scene.normals[turned], scene.uv[turned])
    other.surface[:] = scene.surface[turned]
    a, b = (look(one, lens()).coverage() for one in (scene, other))
    assert np.abs(a - b).max() <= 1 / 64


def test_what_passes_behind_the_camera_is_cut_at_its_near_plane():
    """A floor from under the camera to the horizon."""
    points = [[-50, -50, -1], [50, -50, -1], [50, 50, -1], [-50, 50, -1]]
    floor = soup_of(
        points, [[0, 1, 2], [0, 2, 3]], np.tile([0, 0, 1.0], (2, 3, 1)), np.zeros((2, 3, 2))
    )
    view = lens(64, 64, focal=1.0, distance=5.0)
    visibility = look(floor, view)
    cover = visibility.coverage()
    horizon = 32 - 64 * 1.0 / 55  # the far side of the floor is 55 away
    assert (cover[: int(horizon) - 1] == 1).all()
    assert (cover[int(horizon) + 2 :] == 0).all()
    depth = view.linear_depth(visibility.order[10].astype(np.float64))
    assert depth == pytest.approx(np.full(64, 64 / (32 - 10.5)), rel=1e-5)


def test_nothing_in_view_covers_nothing():
    visibility = look(sphere(0.5, 8, at=(100, 0, 0)), parallel())
    assert not visibility.coverage().any()
    assert not visibility.contour.any()


def test_a_triangle_seen_edge_on_is_not_seen():
    flat = soup_of(
        [[0, 0, 0], [0, 1, 0], [0, 0.5, 0]], [[0, 1, 2]], np.zeros((1, 3, 3)), np.zeros((1, 3, 2))
    )
    assert (look(flat, parallel()).which == NONE).all()


def test_what_is_nearer_or_farther_than_the_camera_sees_is_cut_away():
    points = [[-50, -50, -1], [50, -50, -1], [50, 50, -1], [-50, 50, -1]]
    up = np.tile([0, 0, 1.0], (2, 3, 1))
    floor = soup_of(points, [[0, 1, 2], [0, 2, 3]], up, np.zeros((2, 3, 2)))
    view = replace(lens(64, 64, focal=1.0, distance=5.0), near=4.0, far=16.0)
    rows = look(floor, view).which[:, 32] != NONE
    depth = 64 / np.maximum(32 - (np.arange(64) + 0.5), 1e-9)
    assert (rows == ((depth >= 4) & (depth <= 16))).all()
