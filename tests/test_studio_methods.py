"""Which fill a job of the studio begins with, and what is shown of it."""

import numpy as np
import pytest

from neuralmaster import FillParams, preprocess
from neuralmaster.studio import copies, desk, view
from neuralmaster.studio.desk import Desk, Stroke
from tests.pictures import pixels, textured_scene

DOT = Stroke(desk.INPAINT, "paint", ((0.4, 0.5),), 0.1)


@pytest.fixture
def opened():
    image, _ = textured_scene(700, 500)
    return Desk.open(image, "photo.png")


def test_what_is_removed_or_added_gets_the_texture_of_what_is_around(opened):
    assert opened.params.method == "context"
    removing = opened.with_preset(desk.REMOVE)
    assert removing.params.method == "texture"
    assert removing.with_preset(desk.OUTPAINT).params.method == "texture"
    assert removing.with_preset(desk.RETEXTURE).params.method == "context"
    assert removing.undone().params.method == "context"
    assert removing.undone().redone().params.method == "texture"
    assert Desk.open(opened.opened.image, "photo.png", desk.REMOVE).params.method == "texture"


def test_another_fill_can_be_chosen_and_stays(opened):
    chosen = opened.with_preset(desk.REMOVE).with_params(method="classic")
    assert chosen.drawn(DOT).params.method == "classic"
    assert chosen.undone().params.method == "classic"


def test_the_view_fills_its_small_copy_and_what_leaves_is_filled_at_full_size(opened, monkeypatch):
    sizes = []
    real = copies.prepare
    monkeypatch.setattr(
        copies, "prepare", lambda r, *more: (sizes.append(r.image.size), real(r, *more))[1]
    )
    removing = opened.with_preset(desk.REMOVE).drawn(DOT)
    view.filled(removing)
    assert sizes == [removing.opened.small.size]
    finished = removing.finished()
    assert finished.image.size == (700, 500)
    texture = FillParams(method="texture")
    alone = preprocess(opened.opened.image, removing.mask(), texture).image
    assert np.array_equal(pixels(finished.image), pixels(alone))
    assert not np.array_equal(pixels(finished.image), pixels(opened.opened.image))
