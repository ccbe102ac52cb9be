"""A fill tells how far it is, and can be stopped at any moment; then nothing is filled."""

import numpy as np
import pytest

from neuralmaster import FillParams, Request, prepare
from neuralmaster.fallbacks import STOPPED
from neuralmaster.fills import FILLS
from neuralmaster.fills.progress import StoppedError, part, reporting, silent
from tests.pictures import textured_scene


def request(method="texture", size=160):
    image, mask = textured_scene(size, size)
    return Request(image, mask, params=FillParams(method=method))


def shares_until(last, asked):
    """All shares that a job reports which is stopped as soon as it reports `last` or more."""
    shares = []

    def progress(share):
        shares.append(share)
        return share < last

    return prepare(asked, progress), shares


@pytest.mark.parametrize("method", FILLS)
def test_shares_rise_and_change_nothing(method):
    shares = []
    asked = request(method)
    prepared = prepare(asked, shares.append)
    assert shares
    assert shares == sorted(shares)
    assert (shares[0] >= 0, shares[-1] <= 1) == (True, True)
    assert prepared.applied
    assert prepared.image.tobytes() == prepare(asked).image.tobytes()


def test_texture_tells_often_and_evenly():
    _, shares = shares_until(2, request())
    assert len(shares) >= 50
    assert shares[0] < 0.15
    assert np.diff(shares).max() <= 0.2


@pytest.mark.parametrize("last", [0.0, 0.3, 0.7, 0.8, 0.85])
def test_a_stopped_fill_leaves_the_image_as_it_is(last):
    asked = request(size=1000)  # several strips are blended in
    prepared, shares = shares_until(last, asked)
    assert [share >= last for share in shares] == [False] * (len(shares) - 1) + [True]
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
    shares = []
    half = part(shares.append, 0.5, 1)
    half(0.5)
    part(half, 0, 0.5)(1)
    assert shares == [0.75, 0.75]


def test_nobody_is_told_without_progress():
    assert reporting(None) is silent
    with pytest.raises(StoppedError):
        reporting(lambda share: False)(1)
