"""Sources are found on a coarse grid first, and every finer grid goes on with them."""

import numpy as np
import pytest

from neuralmaster.fills import patches
from neuralmaster.fills.growth import grow
from neuralmaster.fills.patches import COARSEST, FEWEST, found
from neuralmaster.fills.pyramid import Level

PERIOD = 10  # cells; whole on the next coarser grid as well


def repeating(height, width, hole):
    """A pattern that comes again after PERIOD cells, with a hole; and the pattern itself."""
    tile = np.random.default_rng(0).normal(0, 20, (PERIOD, PERIOD, 3))
    tile = np.repeat(np.repeat(tile[::2, ::2], 2, axis=0), 2, axis=1)  # to be seen on both grids
    times = (-(-height // PERIOD), -(-width // PERIOD), 1)
    detail = np.tile(tile, times)[:height, :width].astype(np.float32)
    valid = np.ones((height, width), bool)
    valid[hole] = False
    level = Level(
        detail * valid[..., None], np.zeros((height, width, 4), np.float32), valid, ~valid
    )
    return level, detail


def share_continued(level, detail):
    picks = found(level, np.random.default_rng(0))
    colours = detail.reshape(-1, 3)
    return (np.abs(colours[picks] - colours[level.missing]) < 1e-3).all(axis=1).mean()


@pytest.mark.parametrize("size", [(80, 80), (160, 140), (161, 139)])
def test_a_pattern_goes_on(size):
    assert max(size) <= COARSEST or min(size) > COARSEST
    assert share_continued(*repeating(*size, np.s_[40:70, 50:80])) >= 0.95


def test_the_coarsest_grid_is_laid_out_and_is_small(monkeypatch):
    laid = []

    def grown(level, *more):
        laid.append(level.shape)
        return grow(level, *more)

    monkeypatch.setattr(patches, "grow", grown)
    found(repeating(250, 130, np.s_[60:100, 50:90])[0], np.random.default_rng(0))
    assert laid == [(63, 33)]


def with_sources(count):
    """A row of `count` cells whose whole patches are valid."""
    valid = np.zeros((30, count + 4), bool)
    valid[:5] = True
    detail = np.random.default_rng(0).normal(0, 20, (*valid.shape, 3)).astype(np.float32)
    wanted = np.zeros_like(valid)
    wanted[8:12] = True
    guide = np.zeros((*valid.shape, 4), np.float32)
    return Level(detail * valid[..., None], guide, valid, wanted)


def test_too_few_sources_are_none():
    level = with_sources(FEWEST)
    assert len(level.source) == FEWEST
    assert found(level, np.random.default_rng(0)) is not None
    assert found(with_sources(FEWEST - 1), np.random.default_rng(0)) is None


def test_a_grid_with_too_few_sources_is_not_made():
    level = with_sources(COARSEST + 40)  # on the next grid no patch would be whole
    picks = found(level, np.random.default_rng(0))
    assert level.is_source.ravel()[picks].all()


def test_sources_are_alike_in_colour_after_refining():
    guide = np.zeros((80, 80, 4), np.float32)
    guide[..., 0] = np.where(np.arange(80) < 40, 0, 60)
    valid = np.ones((80, 80), bool)
    valid[30:50, 30:50] = False
    noise = np.random.default_rng(1).normal(0, 8, (80, 80, 3)).astype(np.float32)
    level = Level(noise * valid[..., None], guide, valid, ~valid)
    picks = found(level, np.random.default_rng(0))
    assert (picks % 80 < 40).tolist() == (level.missing % 80 < 40).tolist()


def test_refining_spreads_what_fits_to_its_neighbours():
    """Half of the cells continue the pattern, the others show anything."""
    level, _ = repeating(80, 80, np.s_[30:50, 30:50])
    rng = np.random.default_rng(0)
    exact = level.missing + 2 * PERIOD
    start = np.where(rng.random(len(exact)) < 0.5, exact, rng.choice(level.source, len(exact)))
    told = []
    picks = patches._refined(level, start, rng, told.append)
    assert ((picks - level.missing) % PERIOD == 0).mean() >= 0.95
    assert told == [0.25, 0.5, 0.75, 1]
