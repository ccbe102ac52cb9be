"""A picture back on the texture: which texels change, to what, and which never do."""

from dataclasses import replace

import numpy as np
import pytest

from blender.neuralmaster.look import look
from blender.neuralmaster.projection import Layer, Rules, Target, project
from blender.neuralmaster.soup import OCCLUDER, joined
from blender.neuralmaster.surface import Surface, chart
from tests.blender.shapes import plane, soup_of, sphere, white
from tests.blender.views import lens, parallel

SHARP = Rules(full=0.01, inset=0, padding=0)


def layer(view, colour=(0.2, 0.4, 0.6), red=1.0):
    picture = np.empty((view.height, view.width, 3), np.float32)
    picture[:] = colour
    return Layer(picture, np.full((view.height, view.width), red, np.float32))


def laid(soup, view, surface, on, rules=SHARP):
    height, width = surface.quality.shape
    target = Target(0, surface, chart(soup, 0, width, height))
    return project(look(soup, view), target, on, rules)


def painted(change, surface):
    """HxW: whether a texel changed."""
    changed = np.zeros(surface.quality.shape, bool)
    changed.ravel()[change.texel] = True
    return changed


def test_a_picture_lands_where_the_camera_shows_the_texel():
    view, surface = parallel(64, 64, frame=1.0), white(32, 32)
    on = layer(view)
    on.picture[..., 0] = (np.arange(64) + 0.5) / 64
    on.picture[..., 1] = ((np.arange(64) + 0.5) / 64)[:, None]
    change = laid(plane(1.0, 1.0), view, surface, on)
    made = change.applied(surface)
    at = (np.arange(32) + 0.5) / 32
    assert made.texture[..., 0] == pytest.approx(np.tile(at, (32, 1)), abs=1e-5)
    assert made.texture[..., 1] == pytest.approx(np.tile(at, (32, 1)).T, abs=1e-5)
    assert made.quality == pytest.approx(np.ones((32, 32)), abs=1e-6)
    assert (surface.texture == 1).all()
    assert not surface.quality.any()


@pytest.mark.parametrize("degrees", [0, 30, 60, 75])
def test_quality_is_the_cosine_to_the_camera(degrees):
    flat, surface = plane(1.0, 1.0), white(32, 32)
    turn = np.radians(degrees)
    rotation = np.array(
        [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    )
    turned = soup_of(flat.points @ rotation.T, flat.triangles, flat.normals @ rotation.T, flat.uv)
    view = parallel(128, 128)
    made = laid(turned, view, surface, layer(view)).applied(surface)
    assert made.quality[2:-2, 2:-2] == pytest.approx(np.full((28, 28), np.cos(turn)), abs=1e-5)


@pytest.mark.parametrize(("texels", "expected"), [(16, 1.0), (64, 1.0), (128, 0.5), (256, 0.25)])
def test_quality_falls_with_the_pixels_for_each_texel(texels, expected):
    """A plane 64 pixels wide; full quality from one pixel for a texel on."""
    view, surface = parallel(64, 64, frame=1.0), white(texels, texels)
    change = laid(plane(1.0, 1.0), view, surface, layer(view), Rules(full=1.0, inset=0, padding=0))
    assert change.quality == pytest.approx(np.full(len(change.quality), expected), rel=1e-6)


def test_density_falls_with_the_distance_of_a_lens():
    surface = white(256, 256)
    rules = Rules(full=1.0, inset=0, padding=0)
    found = []
    for distance in (4.0, 8.0):
        view = lens(128, 128, focal=1.0, distance=distance)
        made = laid(plane(1.0, 1.0), view, surface, layer(view), rules).applied(surface)
        found.append(made.quality[128, 128])
    assert found == pytest.approx([32 / 256, 16 / 256], rel=1e-4)


def test_texels_without_red_keep_their_bytes():
    view, surface = parallel(64, 64, frame=1.0), white(64, 64)
    on = layer(view)
    on.red[:, 32:] = 0
    change = laid(plane(1.0, 1.0), view, surface, on)
    assert (painted(change, surface) == (np.arange(64) < 32)).all()


def test_what_is_hidden_is_not_painted():
    view, surface = parallel(64, 64), white(64, 64)
    scene = joined([plane(), plane(1.0, 4.0, y=-0.5, surface=OCCLUDER)])
    changed = painted(laid(scene, view, surface, layer(view)), surface)
    # to the pixel: those on the occluder's own edge show it
    assert not changed[:, 17:47].any()
    assert changed[2:-2, 2:15].all()
    assert changed[2:-2, 49:-2].all()


def test_the_back_of_a_sphere_is_not_painted():
    ball, view = sphere(rings=64), parallel(128, 128, frame=2.2)
    surface = white(256, 128)
    changed = painted(laid(ball, view, surface, layer(view)), surface)
    longitude = (np.arange(256) + 0.5) / 256 * 2 * np.pi
    facing = -np.sin(longitude)  # at the equator
    assert changed[64][facing > 0.15].all()
    assert not changed[64][facing < 0].any()


def test_the_back_of_a_single_sheet_is_painted_when_it_is_seen():
    view, surface = parallel(64, 64, frame=1.0), white(32, 32)
    sheet = plane(1.0, 1.0)
    turned = soup_of(sheet.points * [-1, -1, 1], sheet.triangles, -sheet.normals, sheet.uv)
    assert painted(laid(turned, view, surface, layer(view)), surface)[1:-1, 1:-1].all()


def test_a_mirrored_object_is_painted_on_its_outside():
    """Corners run the other way round then, normals do not."""
    ball, view = sphere(rings=32), parallel(128, 128, frame=2.2)
    surface = white(128, 64)
    mirror = np.array([-1.0, 1.0, 1.0])
    other = soup_of(ball.points * mirror, ball.triangles, ball.normals * mirror, ball.uv)
    a, b = (laid(one, view, surface, layer(view)).applied(surface).quality for one in (ball, other))
    mirrored = a[:, (np.arange(128)[::-1] + 64) % 128]
    well = mirrored > 0.2
    assert b[well] == pytest.approx(mirrored[well], abs=0.02)
    assert well.sum() > 2000
    assert a.max() > 0.99


def test_the_better_view_wins_with_a_soft_border():
    view = parallel(64, 64, frame=1.0)
    stored = np.tile(np.linspace(0.02, 1, 64, dtype=np.float32), (64, 1))
    surface = Surface("", np.ones((64, 64, 4), np.float32), stored)
    on = layer(view, (0, 0, 0))
    turn = np.radians(60)
    rotation = np.array(
        [[1, 0, 0], [0, np.cos(turn), -np.sin(turn)], [0, np.sin(turn), np.cos(turn)]]
    )
    flat = plane(1.0, 1.0)
    tilted = soup_of(flat.points @ rotation.T, flat.triangles, flat.normals @ rotation.T, flat.uv)
    made = laid(tilted, view, surface, on, Rules(0.01, 0.2, 0, 0)).applied(surface)
    row, was = made.texture[32, :, 0], stored[32]
    share = np.clip((0.5 - was) / np.minimum(0.2, 2 * was) + 0.5, 0, 1)
    assert row == pytest.approx(1 - share**2 * (3 - 2 * share), abs=1e-4)
    assert (row[was > 0.61] == 1).all()
    assert (row[was < 0.39] == 0).all()
    assert (made.quality >= stored).all()
    assert made.quality[32][was < 0.39] == pytest.approx(np.full((was < 0.39).sum(), 0.5), abs=1e-5)


def test_a_texel_never_painted_is_painted_whole_or_not_at_all():
    view, surface = parallel(64, 64, frame=1.0), white(64, 64)
    on = layer(view, (0, 0, 0))
    on.red[:] = np.linspace(0, 1, 64)
    made = laid(plane(1.0, 1.0), view, surface, on).applied(surface)
    assert (made.texture[32, :, 0] == np.where(on.red[32] < 0.5, 1, 0)).all()


def test_padding_takes_the_nearest_colour_and_stops():
    view = parallel(64, 64, frame=1.0)
    surface = white(64, 64)
    part = plane(1.0, 1.0, uv=(0.25, 0.25, 0.5, 0.5))
    change = laid(part, view, surface, layer(view), Rules(0.01, 0.2, 0, 4))
    truth = np.zeros((64, 64), bool)
    truth[12:36, 12:36] = True
    assert (painted(change, surface) == truth).all()
    assert change.painted == 16 * 16
    assert change.colour == pytest.approx(np.tile([0.2, 0.4, 0.6, 1], (24 * 24, 1)))


def test_padding_of_texels_that_did_not_change_stays():
    view, surface = parallel(64, 64, frame=1.0), white(64, 64)
    part = plane(1.0, 1.0, uv=(0.25, 0.25, 0.5, 0.5))
    on = layer(view)
    on.red[:, :32] = 0
    changed = painted(laid(part, view, surface, on, Rules(0.01, 0.2, 0, 4)), surface)
    assert not changed[:, :23].any()
    assert changed[20, 24:36].all()


@pytest.mark.parametrize("bleed", [3, 6])
def test_no_background_runs_into_the_texture(bleed):
    """The picture's colours are mixed with the background this far into the object."""
    view, surface = parallel(128, 128), white(128, 128)
    on = layer(view, (0, 1, 0))
    y, x = np.mgrid[:128, :128] + 0.5 - 64
    inside = 32 - np.maximum(np.abs(x), np.abs(y))
    on.picture[inside < bleed] = (1, 0, 1)
    rules = Rules(0.01, 0.2, bleed + 2, 0)
    change = laid(plane(1.0, 1.0), view, surface, on, rules)
    assert change.colour[:, :3] == pytest.approx(np.tile([0, 1, 0], (len(change.texel), 1)))
    assert len(change.texel) > 0.98 * surface.quality.size
    made = change.applied(surface)
    assert made.quality[64, 64] == pytest.approx(1)
    assert made.quality[64, 1] < 0.65


@pytest.mark.parametrize(("of", "owner"), [(OCCLUDER, 1), (1, 1), (1, 0)])
def test_colours_never_cross_from_what_is_in_front(of, owner):
    """Neither from another object, nor from one that is painted too, nor from the same."""
    view, surface = parallel(128, 128), white(128, 128)
    scene = joined([plane(), plane(0.29375, 4.0, y=-0.5, surface=of)])
    scene.owner[scene.owner == 1] = owner
    on = layer(view, (0, 1, 0))
    on.picture[:, 53:75] = (1, 0, 0)  # the bar, and one pixel on either side
    change = laid(scene, view, surface, on, Rules(0.01, 0.2, 4, 0))
    assert change.colour[:, :3] == pytest.approx(np.tile([0, 1, 0], (len(change.texel), 1)))


def test_a_narrow_part_takes_the_colour_of_its_middle():
    view = parallel(128, 128)
    surface = white(64, 64)
    on = layer(view, (1, 0, 1))
    on.picture[:, 63:65] = (0, 1, 0)
    narrow = plane(6 * 2 / 128, 1.0)
    change = laid(narrow, view, surface, on, Rules(0.01, 0.2, 8, 0))
    green = change.colour[:, 1] > 0.9
    assert green.mean() > 0.95


def test_a_texture_of_another_object_is_left_alone():
    scene = joined([plane(0.9, 0.9, centre=(-0.5, 0)), plane(0.9, 0.9, centre=(0.5, 0), surface=1)])
    view, surface = parallel(64, 64), white(32, 32)
    on = layer(view)
    on.picture[:, :32] = (1, 0, 0)
    for number, colour in ((0, [1, 0, 0]), (1, [0.2, 0.4, 0.6])):
        target = Target(number, surface, chart(scene, number, 32, 32))
        change = project(look(scene, view), target, on, SHARP)
        assert len(change.texel) == 32 * 32
        assert change.colour[:, :3] == pytest.approx(np.tile(colour, (1024, 1)))


def test_nothing_in_view_changes_nothing():
    view, surface = parallel(), white()
    change = laid(sphere(0.5, 8, at=(50, 0, 0)), view, surface, layer(view), Rules())
    assert len(change.texel) == change.painted == 0


def test_what_is_painted_never_counts_as_unpainted():
    """A quality that 8 bits would round to never."""
    view, surface = parallel(64, 64, frame=1.0), white(64, 64)
    change = laid(plane(1.0, 1.0), view, surface, layer(view), Rules(1000, 0.2, 0, 0))
    assert change.quality == pytest.approx(np.full(64 * 64, 1 / 255))


@pytest.mark.parametrize("orthographic", [True, False])
def test_the_size_of_the_world_makes_no_difference(orthographic):
    made = []
    for scale in (1, 20):
        ball, surface = sphere(scale, 48), white(256, 128)
        if orthographic:
            view = parallel(128, 128, frame=2.2 * scale, distance=2.5 * scale)
        else:
            view = lens(128, 128, focal=2.0, distance=5.0 * scale)
        view = replace(view, near=0.1 * scale, far=100.0 * scale)
        on = layer(view)
        on.picture[..., 0] = np.linspace(0, 1, 128)
        made.append(laid(ball, view, surface, on, Rules(0.01, 0.2, 6, 4)).applied(surface))
    assert made[1].texture == pytest.approx(made[0].texture, abs=1e-3)
    assert made[1].quality == pytest.approx(made[0].quality, abs=1e-3)
