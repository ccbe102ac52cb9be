import numpy as np
import pytest

from blender.neuralmaster import planes


def test_taps_interpolate_between_the_middles_of_pixels():
    ramp = np.arange(12, dtype=np.float32).reshape(3, 4)
    taps = planes.Taps.at(np.array([0.5, 1.0, 3.9]), np.array([0.5, 1.0, 2.9]), 4, 3)
    assert taps.of(ramp) == pytest.approx([0, 2.5, 11])
    assert taps.share.sum(axis=0) == pytest.approx([1, 1, 1])


def test_taps_of_colours_are_those_of_each_channel():
    colours = np.random.default_rng(1).random((5, 6, 3), np.float32)
    taps = planes.Taps.at(np.array([2.2, 4.7]), np.array([3.3, 0.1]), 6, 5)
    each = [taps.of(np.ascontiguousarray(colours[..., n])) for n in range(3)]
    assert taps.of(colours) == pytest.approx(np.stack(each, axis=1))


def test_halving_takes_means():
    plane = np.array([[[0], [2], [9]], [[4], [6], [9]], [[9], [9], [9]]], np.float32)
    assert planes.halved(plane).tolist() == [[[3.0]]]


@pytest.mark.parametrize("most", [1, 7, 40])
def test_the_distance_is_euclidean_up_to_the_most(most):
    marked = np.random.default_rng(2).random((37, 53)) < 0.01
    y, x = np.mgrid[:37, :53]
    truth = np.min([np.hypot(y - b, x - a) for b, a in np.argwhere(marked)], axis=0)
    assert planes.distance(marked, most) == pytest.approx(np.minimum(truth, most), abs=1e-5)


def test_the_distance_to_nothing_is_the_most():
    assert (planes.distance(np.zeros((4, 5), bool), 3) == 3).all()


def test_outward_reaches_as_far_as_its_steps_and_names_a_nearest_pixel():
    inside = np.zeros((9, 11), bool)
    inside[4, 5] = inside[0, 0] = True
    to, origin = planes.outward(inside, 2)
    reached = np.zeros(inside.shape, bool)
    reached.ravel()[to] = True
    truth = np.zeros(inside.shape, bool)
    truth[2:7, 3:8] = truth[:3, :3] = True
    assert (reached == (truth & ~inside)).all()
    assert set(origin) == {0, 4 * 11 + 5}
    assert origin[to == 1] == [0]


def test_outward_of_everything_and_of_no_steps_is_nothing():
    for inside, steps in ((np.ones((3, 3), bool), 4), (np.eye(3, dtype=bool), 0)):
        to, origin = planes.outward(inside, steps)
        assert len(to) == len(origin) == 0
