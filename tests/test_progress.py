"""A fill tells how far it is, and can be stopped at any moment; then nothing is filled."""

import numpy as np
import pytest

from neuralmaster import FillParams, Request, prepare
from neuralmaster.fallbacks import STOPPED
from neuralmaster.fills import FILLS
from neuralmaster.fills.progress import StoppedError, nobody, part, teller
from tests.pictures import textured_scene


def request(method="texture", size=160):
    image, mask = textured_scene(size, size)
    return Request(image, mask, params=FillParams(method=method))


def shares_until(last, asked):
    """All that is told of a job that is stopped as soon as `last` or more is told."""
    told = []

    def progress(share):
        told.append(share)
        return share < last

    return prepare(asked, progress), told


@pytest.mark.parametrize("method", FILLS)
def test_shares_rise_and_change_nothing(method):
    told = []
    asked = request(method)
    prepared = prepare(asked, told.append)
    assert told
    assert told == sorted(told)
    assert (told[0] >= 0, told[-1] <= 1) == (True, True)
    assert prepared.applied
    assert prepared.image.tobytes() == prepare(asked).image.tobytes()


def test_texture_tells_often_and_evenly():
    _, told = shares_until(2, request())
    assert len(told) >= 50
    assert told[0] < 0.15
    assert np.diff(told).max() <= 0.2


@pytest.mark.parametrize("last", [0.0, 0.3, 0.7, 0.8, 0.85])
def test_a_stopped_fill_leaves_the_image_as_it_is(last):
    asked = request(size=1000)  # several strips are blended in
    prepared, told = shares_until(last, asked)
    assert [share >= last for share in told] == [False] * (len(told) - 1) + [True]
    assert prepared.fallback is STOPPED
    assert prepared.notes == ()
    assert prepared.image is not asked.image
    assert prepared.image.tobytes() == asked.image.tobytes()


def test_only_a_no_stops():
    assert prepare(request(), lambda share: None).applied
    assert prepare(request(), lambda share: np.True_).applied
    assert not prepare(request(), lambda share: np.False_).applied


def test_what_is_raised_meanwhile_comes_through():
    def progress(share):
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        prepare(request(), progress)


def test_a_part_is_told_as_shares_of_the_whole():
    told = []
    half = part(told.append, 0.5, 1)
    half(0.5)
    part(half, 0, 0.5)(1)
    assert told == [0.75, 0.75]


def test_nobody_is_told_without_progress():
    assert teller(None) is nobody
    with pytest.raises(StoppedError):
        teller(lambda share: False)(1)
