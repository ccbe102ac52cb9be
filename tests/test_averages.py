"""Pixels are averaged over cells of any size, strip after strip."""

import numpy as np
import pytest

from neuralmaster.fills import averages
from neuralmaster.fills.averages import Averages
from neuralmaster.fills.grid import Axis, Grid
from tests import reference

GRIDS = {
    "cells of some pixels": (Axis(-3.3, 5.22, 20), Axis(1.4, 5.22, 36)),
    "more rows than are done at once": (Axis(0.7, 1.3, 500), Axis(2.6, 1.3, 9)),
    "cells smaller than a pixel": (Axis(4.1, 0.11, 96), Axis(3.0, 0.11, 64)),
    "cells beyond the box": (Axis(-90.0, 7.0, 30), Axis(-40.0, 7.0, 30)),
    "a grid smaller than the box": (Axis(20.5, 3.0, 8), Axis(30.25, 3.0, 8)),
}


@pytest.mark.parametrize("strip", [averages.STRIP, 2000])
@pytest.mark.parametrize("name", list(GRIDS))
def test_averages_are_those_of_the_pixels_shares(name, strip, monkeypatch):
    monkeypatch.setattr(averages, "STRIP", strip)
    down, across = GRIDS[name]
    height, width = (int(axis.start + axis.size * axis.count) + 5 for axis in (down, across))
    planes = np.random.default_rng(1).uniform(-1, 1, (2, height, width)).astype(np.float32)
    box = (2, 3, width - 1, height - 2)
    found = Averages(box, Grid(down, across), 2)
    strips = list(found.strips())
    assert (strips[0][0], strips[-1][1]) == (3, height - 2)
    inside = np.zeros_like(planes)
    for (first, last), following in zip(strips, [*strips[1:], (height - 2, 0)], strict=True):
        assert last == following[0]
        part = (2 + first % 2, first, width - 1 - last % 3, last)  # some are narrower
        rows, columns = slice(first, last), slice(part[0], part[2])
        found.add(part, planes[:, rows, columns])
        inside[:, rows, columns] = planes[:, rows, columns]
    start, cells = (down.start, across.start), (down.count, across.count)
    exact = [reference.averaged(p.astype(float), start, down.size, cells) for p in inside]
    assert np.abs(found.means() - exact).max() < 2e-6
