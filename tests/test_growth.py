"""Laying pieces over a hole: what is enclosed first, and nothing again and again."""

import cv2
import numpy as np

from neuralmaster.fills import growth
from neuralmaster.fills.growth import PIECE, SIGHT, grow
from neuralmaster.fills.pyramid import Level


def rough(seed, guide=None):
    """A level of gray noise with a square hole of 24 cells in it, as rough in there."""
    noise = np.random.default_rng(seed).normal(size=(64, 64))
    detail = np.float32(np.dstack([60 * cv2.GaussianBlur(noise, (0, 0), 1)] * 3))
    valid = np.ones((64, 64), bool)
    valid[20:44, 20:44] = False
    if guide is None:
        guide = np.zeros((64, 64, 4), np.float32)
        guide[..., 3] = np.sqrt((detail**2).sum(axis=2).mean())
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


def test_surroundings_are_compared_with_the_colours_they_lie_on():
    """Above colour rises to the right, below to the left; the hole is above."""
    rise = np.linspace(0, 200, 64)
    guide = np.zeros((64, 64, 4), np.float32)
    guide[..., :3] = np.where(np.arange(64)[:, None] < 32, rise, rise[::-1])[..., None]
    valid = np.ones((64, 64), bool)
    valid[8:24, 24:40] = False
    noise = np.random.default_rng(0).normal(0, 3, (64, 64, 3)).astype(np.float32)
    level = Level(noise * valid[..., None], guide, valid, ~valid)
    picks = grow(level, np.random.default_rng(0))
    assert (picks // 64 < 32).mean() >= 0.95


class Watched(growth._Growth):
    """Keeps which cells were filled from, step by step, and what their ranks should have been."""

    def __init__(self, level, rng):
        super().__init__(level, rng)
        self.chance = np.where(self.todo, self.rank, 0) - self.enclosure()
        self.places_filled, self.sources, self.off, self.shared = [], [], [], []

    def enclosure(self):
        known = self.known[SIGHT:-SIGHT, SIGHT:-SIGHT]
        side = (2 * SIGHT + 1, 2 * SIGHT + 1)
        return cv2.blur(known, side, borderType=cv2.BORDER_CONSTANT)

    def _place(self, y, x, from_y, from_x):
        self.places_filled.append((y, x))
        self.sources.append((from_y, from_x))
        side = 2 * SIGHT + 1
        weight = self.known[y : y + side, x : x + side].ravel() * self.bell
        source = np.flatnonzero(self.places == from_y * self.level.shape[1] + from_x)[0]
        self.shared.append(float(self.held[source] @ weight) / float(weight.sum()))
        super()._place(y, x, from_y, from_x)
        off = self.rank[self.todo] - (self.enclosure() + self.chance)[self.todo]
        self.off.append(np.abs(off).max(initial=0))


def watched(valid):
    noise = np.random.default_rng(0).normal(0, 20, (*valid.shape, 3)).astype(np.float32)
    guide = np.zeros((*valid.shape, 4), np.float32)
    made = Watched(Level(noise * valid[..., None], guide, valid, ~valid), np.random.default_rng(0))
    while made.left:
        made.step()
    return made


def test_the_most_enclosed_place_comes_first():
    valid = np.ones((60, 60), bool)
    valid[30:56, 20:50] = False
    valid[14:30, 33:36] = False  # a slot, enclosed on both of its sides
    filled = watched(valid).places_filled
    of_slot = [y < 30 for y, _ in filled]
    assert all(of_slot[:3])
    middle = [(y - 43) ** 2 + (x - 35) ** 2 < 16 for y, x in filled]
    assert not any(middle[: len(middle) // 2])


def test_ranks_follow_what_has_been_filled_up_to_the_borders():
    valid = np.ones((40, 36), bool)
    valid[:14, :12] = valid[25:, 30:] = False
    made = watched(valid)
    assert max(made.off) < 1e-5
    assert not made.todo.any()


def test_a_smooth_place_of_a_rough_object_stays_smooth():
    """However often its few smooth pieces are used: they are better than any rough one."""
    columns = np.arange(64)
    noise = np.random.default_rng(0).normal(size=(64, 64, 3))
    strength = np.where(columns < 48, 6, 1)
    valid = np.ones((64, 64), bool)
    valid[6:58, 50:62] = False
    detail = np.float32(noise * strength[:, None]) * valid[..., None]
    guide = np.zeros((64, 64, 4), np.float32)
    guide[..., 3] = strength * np.sqrt(3)
    picks = grow(Level(detail, guide, valid, ~valid), np.random.default_rng(0))
    assert (picks % 64 >= 48).mean() >= 0.95


def test_pieces_are_whole():
    valid = np.ones((40, 36), bool)
    valid[10:30, 12:28] = False
    for y, x in watched(valid).sources:
        assert valid[y - PIECE : y + PIECE + 1, x - PIECE : x + PIECE + 1].all()


def test_half_of_what_is_known_around_a_place_is_known_around_its_source():
    """A band along the border, of which most sources have no other side."""
    valid = np.ones((40, 60), bool)
    valid[8:, :] = False
    valid[30:, :] = True
    made = watched(valid)
    assert min(made.shared) >= growth.OVERLAP
