"""Laying pieces over a hole: what is enclosed first, and nothing again and again."""

import cv2
import numpy as np

from neuralmaster.fills.growth import grow
from neuralmaster.fills.pyramid import Level


def rough(seed, guide=None):
    """A level of coloured noise with a square hole of 24 cells in it."""
    noise = np.random.default_rng(seed).normal(size=(64, 64))
    detail = np.float32(np.dstack([60 * cv2.GaussianBlur(noise, (0, 0), 1)] * 3))
    valid = np.ones((64, 64), bool)
    valid[20:44, 20:44] = False
    if guide is None:
        guide = np.zeros((64, 64, 4), np.float32)
    return Level(detail * valid[..., None], guide, valid, ~valid)


def test_a_place_is_seldom_copied_twice():
    distinct = []
    for seed in range(3):
        picks = grow(rough(seed), np.random.default_rng(seed))
        distinct.append(len(np.unique(picks)) / len(picks))
    assert np.mean(distinct) >= 0.94


def test_sources_are_alike_in_colour_and_contrast():
    for band in (0, 3):
        guide = np.zeros((64, 64, 4), np.float32)
        guide[..., band] = np.where(np.arange(64) < 32, 0, 40)
        picks = grow(rough(0, guide), np.random.default_rng(0))
        missing = rough(0).missing
        values = guide[..., band].ravel()
        assert (values[picks] == values[missing]).mean() >= 0.85  # pieces cross the border


def test_nothing_but_what_is_valid_is_copied():
    level = rough(0)
    level.valid[50:, :] = False
    picks = grow(level, np.random.default_rng(0))
    assert len(picks) == len(level.missing)
    assert level.valid.ravel()[picks].all()
