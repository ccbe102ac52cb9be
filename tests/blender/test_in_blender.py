"""The three steps in Blender itself, against analytic answers."""

import math

import numpy as np
import pytest

from tests.blender.scenes import (
    ball,
    cube,
    levels,
    mask,
    part,
    pixels,
    result,
    select,
    textured,
    unwrap,
)


def test_the_coverage_of_a_cube_is_a_square(bpy):
    cube(bpy)
    textured(bpy)
    bpy.ops.neuralmaster.mask()
    half = 256 * (50 / 36) * 0.5 / 4.5  # of the face in front, in pixels
    edges = np.abs(np.arange(257) - 128)
    share = np.clip(half - np.minimum(edges[1:], edges[:-1]), 0, 1)
    assert np.abs(mask(bpy)[..., 1] - 255 * np.outer(share, share)).max() <= 16
    inside = np.outer(share, share) == 1
    assert (mask(bpy)[inside] == 255).all()


@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
def test_shift_and_kind_of_the_camera(bpy, kind):
    bpy.context.scene.camera.data.type = kind
    bpy.context.scene.camera.data.ortho_scale = 4
    bpy.context.scene.camera.data.shift_x = 0.1
    bpy.context.scene.camera.data.shift_y = -0.05
    ball(bpy, 0.5)
    textured(bpy)
    bpy.ops.neuralmaster.mask()
    green = mask(bpy)[..., 1] / 255
    y, x = np.mgrid[:256, :256] + 0.5
    found = [(green * axis).sum() / green.sum() for axis in (x, y)]
    assert found == pytest.approx([128 - 25.6, 128 + 12.8], abs=0.2)
    focal = 256 * 50 / 36
    radius = 256 / 4 * 0.5 if kind == "ORTHO" else focal * 0.5 / math.sqrt(25 - 0.25)
    if kind == "ORTHO":
        assert green.sum() == pytest.approx(math.pi * radius**2, rel=0.002)


def test_a_sphere_painted_from_the_front_is_red_by_its_cosine(bpy):
    """From the side; the limits turn the cosine to the first camera into red."""
    bpy.context.scene.camera.data.type = "ORTHO"
    bpy.context.scene.camera.data.ortho_scale = 2.2
    one = ball(bpy)
    settings = bpy.context.scene.neuralmaster
    settings.size, settings.width, settings.inset = 512, 0, 0
    textured(bpy, 1024)
    bpy.ops.neuralmaster.mask()
    result((90, 120, 30), 512)
    bpy.ops.neuralmaster.project()
    camera = bpy.context.scene.camera
    turn = math.radians(40)
    camera.location = (5 * math.sin(turn), -5 * math.cos(turn), 0)
    camera.rotation_euler = (math.pi / 2, 0, turn)
    select(bpy, one)
    bpy.ops.neuralmaster.mask()
    y, x = (np.mgrid[:512, :512] + 0.5 - 256) / 256 * 1.1
    depth = np.sqrt(np.maximum(1 - x * x - y * y, 0))
    cosine = math.cos(turn) * depth - math.sin(turn) * x
    truth = np.rint(255 * np.clip((0.55 - cosine) / 0.35, 0, 1))
    away = (depth > 0.3) & (cosine > 0.26)  # from the contour, and from what is red in full
    assert away.sum() > 50_000
    assert np.abs(mask(bpy)[..., 0] - truth)[away].max() <= 2
    assert (mask(bpy)[depth > 0.2][:, 1] == 255).all()


def test_the_quality_map_holds_the_cosine_times_the_density(bpy):
    """A cube's face, turned by 30 degrees: 1 unit on 256 pixels of a 2 unit picture."""
    camera = bpy.context.scene.camera.data
    camera.type, camera.ortho_scale = "ORTHO", 2
    one = cube(bpy, rotation=(0, 0, math.radians(30)))
    image = textured(bpy, 512)
    settings = bpy.context.scene.neuralmaster
    settings.full, settings.inset, settings.padding = 1.0, 0, 0
    bpy.ops.neuralmaster.mask()
    result((10, 20, 30), 256)
    bpy.ops.neuralmaster.project()
    uv = np.array([loop.vector[:] for loop in one.data.uv_layers.active.uv])
    texel = 1 / np.ptp(uv[:4], axis=0).max() / 512
    density = texel / (2 / 256)
    quality = levels(image.neuralmaster.quality)[..., 0]
    found = sorted(set(quality[quality > 0].tolist()))
    for angle in (30, 60):
        truth = 255 * math.cos(math.radians(angle)) * min(density, 1)
        assert min(abs(value - truth) for value in found) <= 1
        assert (np.abs(quality - truth) <= 1).sum() > 1000
    assert (
        (np.abs(quality - 255 * math.cos(math.pi / 6) * density) <= 1)
        | (np.abs(quality - 127.5 * density) <= 1)
        | (quality == 0)
    ).all()


def test_two_objects_and_one_before_them(bpy):
    a, b = cube(bpy, 0.8, location=(-0.6, 0, 0)), cube(bpy, 0.8, location=(0.6, 0, 0))
    for one in (a, b):
        select(bpy, one)
        textured(bpy)
    bpy.ops.mesh.primitive_plane_add(size=0.5, location=(0, -1.5, 0), rotation=(math.pi / 2, 0, 0))
    select(bpy, a, b)
    bpy.ops.neuralmaster.mask()
    green = mask(bpy)[..., 1]
    focal = 256 * 50 / 36
    at = [int(128 + focal * x / 4.6) for x in (-0.6, 0.6)]
    assert (green[128, at] == 255).all()
    hidden = focal * 0.25 / 3.5
    assert not green[118:138, int(128 - hidden) + 1 : int(128 + hidden) - 1].any()
    select(bpy, a)
    bpy.ops.neuralmaster.mask()
    assert mask(bpy)[128, at, 1].tolist() == [255, 0]


def test_both_of_two_objects_are_painted(bpy):
    a, b = cube(bpy, 0.8, location=(-0.6, 0, 0)), cube(bpy, 0.8, location=(0.6, 0, 0))
    images = []
    for one in (a, b):
        select(bpy, one)
        images.append(textured(bpy))
    select(bpy, a, b)
    bpy.ops.neuralmaster.mask()
    result((0, 128, 0), 256)
    bpy.ops.neuralmaster.project()
    for image in images:
        assert (levels(image) == [0, 128, 0, 255]).all(axis=2).sum() > 2000


def test_ngons_and_negative_scales(bpy):
    bpy.ops.mesh.primitive_cylinder_add(vertices=7, radius=0.6, depth=1)
    one = bpy.context.view_layer.objects.active
    one.rotation_euler = (math.pi / 2, 0, 0)  # one end, a single polygon, towards the camera
    unwrap(bpy)
    image = textured(bpy)
    painted = []
    for scale in (1, -1):
        one.scale = (scale, 1, 1)
        bpy.ops.neuralmaster.mask()
        result((0, 0, 255), 256)
        bpy.ops.neuralmaster.project()
        painted.append((levels(image)[..., 0] == 0).sum())
        bpy.ops.neuralmaster.revert()
    assert painted[0] > 2000
    assert painted[1] == pytest.approx(painted[0], rel=0.01)


def test_a_4k_texture(bpy):
    ball(bpy)
    image = textured(bpy, 4096)
    bpy.ops.neuralmaster.mask()
    result((0, 200, 0), 256)
    bpy.ops.neuralmaster.project()
    assert (levels(image)[..., 0] == 0).mean() == pytest.approx(0.35, abs=0.05)


def test_a_modifier_counts(bpy):
    one = cube(bpy)
    textured(bpy)
    bpy.ops.neuralmaster.mask()
    before = (mask(bpy)[..., 1] > 0).sum()
    array = one.modifiers.new("Array", "ARRAY")
    array.count, array.relative_offset_displace = 2, (0, 0, 1)
    with pytest.raises(RuntimeError, match=r"50\.0% of the UV map lies over another part of it"):
        bpy.ops.neuralmaster.mask()
    one.modifiers.clear()
    one.modifiers.new("Thicker", "DISPLACE").strength = 0.2
    bpy.ops.neuralmaster.mask()
    assert (mask(bpy)[..., 1] > 0).sum() != before


def test_moving_a_slider_draws_the_mask_anew(bpy):
    cube(bpy)
    image = textured(bpy)
    part("pictures").keep(
        image, part("surface").Surface("", pixels(image), np.full((256, 256), 0.5, np.float32))
    )
    settings = bpy.context.scene.neuralmaster
    settings.low, settings.high = 0.25, 0.75
    bpy.ops.neuralmaster.mask()
    assert mask(bpy)[128, 128].tolist() == [126, 255]  # one half is 128 of 255 in the map
    settings.high = 0.5
    assert mask(bpy)[128, 128].tolist() == [0, 255]
    settings.low = 0.9
    assert settings.status == (
        "The mask cannot be drawn: expected a lower limit of quality below the upper one, got 0.9 "
        "and 0.5."
    )


def test_undo_takes_all_of_a_projection_back_and_redo_brings_it_again(bpy):
    cube(bpy)
    image = textured(bpy)
    bpy.ops.neuralmaster.mask()
    bpy.ops.ed.undo_push(message="before")
    before = levels(image)
    states = [before]
    for colour in ((0, 128, 0), (128, 0, 0)):
        result(colour, 256)
        if image.neuralmaster.quality is not None:
            quality = image.neuralmaster.quality
            quality.pixels.foreach_set(np.zeros(256 * 256 * 4, np.float32))
        bpy.ops.neuralmaster.project()
        bpy.ops.ed.undo_push(message="projected")
        states.append(levels(bpy.data.images["Cube texture"]))
    assert (states[2] != states[1]).any()
    for index in (1, 0):
        bpy.ops.ed.undo()
        assert (levels(bpy.data.images["Cube texture"]) == states[index]).all()
    for index in (1, 2):
        bpy.ops.ed.redo()
        assert (levels(bpy.data.images["Cube texture"]) == states[index]).all()


def test_take_back_works_without_undo(bpy):
    cube(bpy)
    image = textured(bpy)
    before = levels(image)
    bpy.ops.neuralmaster.mask()
    result((1, 2, 3), 256)
    bpy.ops.neuralmaster.project()
    assert (levels(image) != before).any()
    bpy.ops.neuralmaster.revert()
    assert (levels(image) == before).all()
    assert not pixels(image.neuralmaster.quality)[..., 0].any()
    with pytest.raises(RuntimeError, match="There is no projection to take back"):
        bpy.ops.neuralmaster.revert()


def test_a_result_of_another_size_lands_in_the_same_place(bpy):
    cube(bpy)
    image = textured(bpy)
    bpy.ops.neuralmaster.mask()
    result((0, 128, 0), 512)
    bpy.ops.neuralmaster.project()
    assert (levels(image) == [0, 128, 0, 255]).all(axis=2).sum() > 4000


def test_what_was_made_is_in_the_saved_file(bpy, folder):
    cube(bpy)
    image = textured(bpy)
    bpy.ops.neuralmaster.mask()
    result((0, 128, 0), 256)
    bpy.ops.neuralmaster.project()
    kept = levels(image), levels(image.neuralmaster.quality), mask(bpy)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "kept.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(folder / "kept.blend"))
    image = bpy.data.images["Cube texture"]
    assert (levels(image) == kept[0]).all()
    assert (levels(image.neuralmaster.quality) == kept[1]).all()
    assert (mask(bpy) == kept[2]).all()
    bpy.ops.neuralmaster.project()  # the view is known, too


def test_a_float_texture_keeps_linear_light(bpy):
    one = cube(bpy)
    image = bpy.data.images.new("linear", 64, 64, float_buffer=True)
    image.generated_color = (1, 1, 1, 1)
    textured(bpy)
    one.material_slots[0].material.node_tree.nodes["Image Texture"].image = image
    bpy.ops.neuralmaster.mask()
    result((188, 188, 188), 256)
    bpy.ops.neuralmaster.project()
    values = pixels(image)[..., 0]
    assert sorted(set(np.round(values.ravel(), 2).tolist())) == [0.5, 1.0]
