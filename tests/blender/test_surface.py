import numpy as np
import pytest

from blender.neuralmaster.raster import NONE
from blender.neuralmaster.soup import joined
from blender.neuralmaster.surface import chart
from tests.blender.shapes import plane, sphere


def test_every_texel_has_its_triangle():
    owner = chart(plane(uv=(0.25, 0.5, 0.75, 1.0)), 0, 64, 32)
    truth = np.zeros((32, 64), bool)
    truth[16:, 16:48] = True
    assert ((owner != NONE) == truth).all()
    assert set(owner[truth].tolist()) == {0, 1}


def test_seams_and_shared_edges_are_no_overlap():
    """Edges that run through the middles of texels, where rounding could count them twice."""
    assert (chart(sphere(rings=8), 0, 128, 64) != NONE).all()
    halves = [plane(uv=(0, 0, 0.5, 1)), plane(uv=(0.5, 0, 1, 1))]
    assert (chart(joined(halves), 0, 63, 63) != NONE).all()


def test_overlapping_uvs_are_told_with_their_share():
    twice = joined([plane(uv=(0, 0, 0.5, 1)), plane(uv=(0.25, 0, 0.75, 1))])
    with pytest.raises(ValueError) as error:
        chart(twice, 0, 64, 64)
    assert str(error.value) == (
        "25.0% of the UV map lies over another part of it, and would be painted from two places; "
        "unwrap it without overlaps, for example with U > Smart UV Project"
    )


def test_uvs_outside_are_told():
    with pytest.raises(ValueError) as error:
        chart(plane(uv=(0, 0, 1.2, 1)), 0, 64, 64)
    assert str(error.value) == (
        "some UVs lie outside the texture; move or scale them into its square, "
        "from 0 to 1 in the UV editor"
    )


def test_an_empty_uv_map_is_told():
    with pytest.raises(ValueError) as error:
        chart(plane(uv=(0, 0, 0, 0)), 0, 64, 64)
    assert str(error.value) == (
        "the UV map is empty; unwrap the object, for example with U > Smart UV Project"
    )


def test_other_textures_are_not_in_the_chart():
    assert (
        chart(joined([plane(surface=1), plane(uv=(0, 0, 0.5, 1))]), 0, 64, 64)[:, 32:] == NONE
    ).all()
