"""The picture to repaint and its mask, against formulas."""

import io

import numpy as np
import pytest
from PIL import Image

from blender.neuralmaster import mask, png
from blender.neuralmaster.look import look
from blender.neuralmaster.mask import Range, Shown
from blender.neuralmaster.projection import Layer, Rules, Target, project
from blender.neuralmaster.soup import OCCLUDER, joined
from blender.neuralmaster.surface import Surface, chart
from neuralmaster import TwoChannelMask
from tests.blender.shapes import plane, sphere, white
from tests.blender.views import lens, parallel

MAGENTA = (1.0, 0.0, 1.0)


def shown(quality, coverage=None):
    coverage = np.ones_like(quality) if coverage is None else coverage
    return Shown(np.zeros((*quality.shape, 3), np.float32), coverage, quality)


def test_red_is_the_lack_between_the_limits():
    quality = np.linspace(0.3, 1, 64, dtype=np.float32)[None]
    red = mask.red(shown(quality), Range(0.25, 0.75, 0))
    assert red == pytest.approx(np.clip((0.75 - quality) / 0.5, 0, 1), abs=1e-6)


@pytest.mark.parametrize("width", [1, 10, 30])
def test_red_fades_over_its_width_around_what_is_full(width):
    quality = np.ones((3, 100), np.float32)
    quality[:, :20] = 0
    red = mask.red(shown(quality), Range(0.2, 0.6, width))
    away = np.arange(100) - 19
    truth = np.clip((2 + width - away) / width, 0, 1)
    assert red[1] == pytest.approx(truth, abs=1e-5)


def test_a_speck_does_not_ask_for_all_around_it():
    quality = np.ones((80, 160), np.float32)
    quality[38:42, 38:42] = 0
    quality[30:50, 110:130] = 0
    red = mask.red(shown(quality), Range(0.2, 0.6, 30))[40]
    away = np.abs(np.arange(160) - 39.5) - 1.5
    truth = np.clip((2 + 6 - away) / 6, 0, 1)
    assert red[:60] == pytest.approx(truth[:60], abs=1e-5)
    away = np.abs(np.arange(160) - 119.5) - 9.5
    truth = np.clip((2 + 30 - away) / 30, 0, 1)
    assert red[80:] == pytest.approx(truth[80:], abs=1e-5)


def test_nothing_is_red_where_all_is_well_painted():
    assert not mask.red(shown(np.ones((4, 4), np.float32)), Range()).any()


def test_the_background_lacks_nothing():
    none = np.zeros((4, 4), np.float32)
    assert not mask.red(shown(none, coverage=none), Range()).any()


def test_limits_out_of_order_are_refused():
    with pytest.raises(ValueError) as error:
        mask.red(shown(np.ones((2, 2), np.float32)), Range(0.5, 0.5))
    assert str(error.value) == (
        "expected a lower limit of quality below the upper one, got 0.5 and 0.5"
    )


def test_the_picture_is_the_texture_without_light():
    texture = np.ones((64, 64, 4), np.float32)
    texture[..., 0] = np.linspace(0, 1, 64)
    texture[:32, :, 1] = 0
    view = parallel(64, 64, frame=1.0)
    picture = mask.show(
        look(plane(1.0, 1.0), view), [Surface("", texture, texture[..., 0])], MAGENTA
    )
    assert picture.picture[8:-8, 8:-8] == pytest.approx(texture[8:-8, 8:-8, :3], abs=1e-5)
    assert picture.quality[8:-8, 8:-8] == pytest.approx(texture[8:-8, 8:-8, 0], abs=1e-5)


def test_pixels_on_the_edge_are_mixed_with_what_is_behind():
    view = parallel(64, 64)
    visibility = look(plane(1.0 + 0.5 / 32, 1.0), view)
    made = mask.show(visibility, [white(quality=1)], MAGENTA)
    share = made.coverage[32, 15]
    assert share == pytest.approx(0.25, abs=1 / 16)
    assert made.picture[32, 15] == pytest.approx([1, share, 1], abs=1e-6)
    assert made.picture[32, 5] == pytest.approx(MAGENTA)


def test_a_texture_finer_than_the_picture_is_smoothed():
    checks = np.ones((512, 512, 4), np.float32)
    checks[..., :3] = (np.indices((512, 512)).sum(axis=0) % 2)[..., None]
    visibility = look(plane(1.0, 1.0), parallel(64, 64, frame=1.0))
    made = mask.show(visibility, [Surface("", checks, checks[..., 0])], MAGENTA)
    assert made.picture[4:-4, 4:-4] == pytest.approx(np.full((56, 56, 3), 0.5))


def test_what_stands_before_has_its_own_colour():
    scene = joined([plane(), plane(0.5, 0.5, y=-1, surface=OCCLUDER)])
    made = mask.show(look(scene, parallel()), [white()], MAGENTA)
    assert made.picture[32, 32] == pytest.approx([0.2, 0.4, 0.6], abs=1e-6)
    assert made.quality[32, 32] == 1


def test_an_unpainted_texel_beside_a_painted_one_counts_whole():
    quality = np.ones((64, 64), np.float32)
    quality[:, :32] = 0
    visibility = look(plane(1.0, 1.0), parallel(256, 256, frame=1.0))
    made = mask.show(visibility, [Surface("", np.ones((64, 64, 4), np.float32), quality)], MAGENTA)
    row = made.quality[128, 8:-8]
    assert set(row.tolist()) == {0.0, 1.0}
    assert (row == 0).sum() == 128 + 2 - 8


def test_a_sphere_seen_from_two_sides_follows_the_formula():
    """Quality is the cosine to the first camera; the second sees it by the longitude's sine."""
    ball, first = sphere(rings=192), parallel(512, 512, frame=2.2)
    surface = white(1024, 512)
    visibility = look(ball, first)
    layer = Layer(np.zeros((512, 512, 3), np.float32), np.ones((512, 512), np.float32))
    rules = Rules(full=0.01, inset=0)
    change = project(visibility, Target(0, surface, chart(ball, 0, 1024, 512)), layer, rules)
    painted = change.applied(surface)
    stored = np.rint(painted.quality * 255).astype(np.float32) / 255  # as Blender keeps it
    angle = np.radians(40)
    second = lens(512, 512, 2.2, 5.0, eye=(5 * np.sin(angle), -5 * np.cos(angle), 0))
    made = mask.show(look(ball, second), [Surface("", painted.texture, stored)], MAGENTA)
    limits = Range(0.2, 0.55, 0)
    levels = mask.levels(mask.red(made, limits)).astype(int)
    truth = np.rint(255 * np.clip((limits.high - facing(second)) / 0.35, 0, 1))
    # away from the contour, and from where red is full, around which it fades
    inside = (facing(second, of_second=True) > 0.3) & (facing(second) > limits.low + 0.06)
    assert inside.sum() > 50_000
    assert np.abs(levels - truth)[inside].max() <= 2


def facing(view, of_second=False):
    """The cosine between the sphere's normal and -y, or the way to the camera; 0 beside it."""
    y, x = np.mgrid[: view.height, : view.width] + 0.5
    rays = np.stack([
        (2 * x / view.width - 1) / view.projection[0, 0],
        (2 * y / view.height - 1) / view.projection[1, 1],
        -np.ones_like(x),
    ], axis=-1)  # fmt: skip
    turn = view.to_camera[:3, :3]
    eye = -turn.T @ view.to_camera[:3, 3]
    rays = rays @ turn
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    b = rays @ eye
    hit = b * b - (eye @ eye - 1)
    normal = eye + rays * (-b - np.sqrt(np.maximum(hit, 0)))[..., None]
    cosine = -(normal * rays).sum(axis=-1) if of_second else -normal[..., 1]
    return np.where(hit > 0, np.clip(cosine, 0, 1), 0)


def test_the_two_channels_are_a_mask_for_the_fill():
    made = mask.show(look(sphere(rings=32), parallel(64, 64, frame=3)), [white(quality=1)], MAGENTA)
    quality = made.quality.copy()
    quality[:, :32] = 0
    quality[made.coverage == 0] = 1
    made = Shown(made.picture, made.coverage, quality)
    levels = mask.two_channels(mask.red(made, Range(width=8)), made)
    with Image.open(io.BytesIO(png.encoded(levels))) as picture:
        assert np.asarray(picture).tolist() == levels[::-1].tolist()
        read = TwoChannelMask.read(picture)
    assert read.reason == ""
    assert (read.inpaint[::-1] == levels[..., 0]).all()


def test_the_maps_for_controlnet():
    scene = joined([plane(1.0, 1.0), plane(0.5, 0.5, y=-2.0, surface=OCCLUDER)])
    visibility = look(scene, lens(focal=2.0))
    depth, normal = mask.depth_map(visibility), mask.normal_map(visibility)
    assert (depth[32, 32], depth[32, 20], depth[0, 0]) == (255, 25, 0)
    assert normal[32, 32].tolist() == [128, 128, 255]
    assert normal[0, 0].tolist() == [128, 128, 255]
    ball = mask.normal_map(look(sphere(rings=64), parallel(65, 65, frame=2)))
    middle = 32.5 / 32.5 * (47 + 0.5 - 32.5) / 32.5
    assert ball[32, 47, 0] == pytest.approx(127.5 + 127.5 * middle, abs=1)
    assert ball[47, 32, 1] == pytest.approx(127.5 + 127.5 * middle, abs=1)


def test_a_map_of_nothing_is_black():
    assert not mask.depth_map(look(sphere(rings=4, at=(50, 0, 0)), parallel())).any()


def test_a_gray_plane_is_a_gray_png():
    with Image.open(io.BytesIO(png.encoded(np.arange(6, dtype=np.uint8).reshape(2, 3)))) as gray:
        assert (gray.mode, np.asarray(gray).tolist()) == ("L", [[3, 4, 5], [0, 1, 2]])
