"""What cannot be done in Blender: one sentence, and nothing has changed."""

import json

import pytest

from tests.blender.scenes import ball, cube, levels, part, result, select, textured
from tests.fake_webui import IMG2IMG, INFO, PROPS, FakeWebUI


@pytest.fixture
def webui(preferences):
    with FakeWebUI() as fake:
        preferences.url, preferences.login = fake.url, ""
        yield fake


@pytest.fixture
def masked(bpy):
    """A cube with a mask; its texture."""
    cube(bpy)
    image = textured(bpy)
    bpy.ops.neuralmaster.mask()
    return image


def refused(operator, **arguments):
    with pytest.raises(RuntimeError) as error:
        operator(**arguments)
    said = str(error.value).removeprefix("Error: ").strip()
    return said.partition("\n")[0]


def test_nothing_selected(bpy):
    assert refused(bpy.ops.neuralmaster.mask) == "Select the mesh to paint, or several."


def test_no_camera(bpy):
    cube(bpy)
    textured(bpy)
    bpy.context.scene.camera = None
    assert refused(bpy.ops.neuralmaster.mask) == (
        "The scene has no active camera; add one, and look through it."
    )


def test_a_panoramic_camera(bpy):
    cube(bpy)
    textured(bpy)
    bpy.context.scene.camera.data.type = "PANO"
    assert refused(bpy.ops.neuralmaster.mask) == (
        "Camera is panoramic; make it perspective or orthographic."
    )


def test_no_texture(bpy):
    cube(bpy)
    assert refused(bpy.ops.neuralmaster.mask) == (
        "Cube has no image texture to paint on; press New Texture, or connect one to the Base "
        "Color of its material."
    )


def test_no_uv_map(bpy):
    one = cube(bpy)
    textured(bpy)
    one.data.uv_layers.remove(one.data.uv_layers[0])
    one.data.update()
    assert refused(bpy.ops.neuralmaster.mask) == (
        "Cube has no UV map; unwrap it, for example with U > Smart UV Project."
    )


def test_each_face_over_the_whole_texture(bpy):
    one = cube(bpy)
    textured(bpy)
    for number, loop in enumerate(one.data.uv_layers.active.uv):
        loop.vector = ((0, 0), (1, 0), (1, 1), (0, 1))[number % 4]
    one.data.update()
    assert refused(bpy.ops.neuralmaster.mask) == (
        "Cube with texture Cube texture: 83.3% of the UV map lies over another part of it, and "
        "would be painted from two places; unwrap it without overlaps, for example with U > Smart "
        "UV Project."
    )


def test_uvs_outside(bpy):
    one = cube(bpy)
    textured(bpy)
    for loop in one.data.uv_layers.active.uv:
        loop.vector[0] += 0.5
    one.data.update()
    assert refused(bpy.ops.neuralmaster.mask) == (
        "Cube with texture Cube texture: some UVs lie outside the texture; move or scale them into "
        "its square, from 0 to 1 in the UV editor."
    )


def test_a_tiled_texture(bpy):
    one = cube(bpy)
    textured(bpy)
    tiles = bpy.data.images.new("tiles", 64, 64, tiled=True)
    one.material_slots[0].material.node_tree.nodes["Image Texture"].image = tiles
    assert refused(bpy.ops.neuralmaster.mask) == (
        "The texture tiles of Cube is a sequence, a movie or a set of tiles; use a single colour "
        "image."
    )


def test_a_texture_whose_file_is_gone(bpy):
    one = cube(bpy)
    image = textured(bpy)
    image.source, image.filepath = "FILE", "/nowhere/gone.png"
    one.material_slots[0].material.node_tree.nodes["Image Texture"].image = image
    assert refused(bpy.ops.neuralmaster.mask) == (
        "The texture Cube texture of Cube cannot be loaded; use a single colour image."
    )


def test_an_object_out_of_view(bpy):
    cube(bpy, location=(50, 0, 0))
    textured(bpy)
    assert refused(bpy.ops.neuralmaster.mask) == (
        "The camera does not see the chosen objects; turn it towards them."
    )


def test_an_object_hidden_from_the_render(bpy):
    one = cube(bpy)
    textured(bpy)
    one.hide_render = True
    assert refused(bpy.ops.neuralmaster.mask) == (
        "Cube has no faces in view of the scene; show it, or choose another."
    )


def test_steps_out_of_order(bpy, webui):
    cube(bpy)
    textured(bpy)
    assert refused(bpy.ops.neuralmaster.inpaint) == "There is no mask yet; press Mask first."
    assert refused(bpy.ops.neuralmaster.project) == "There is no result yet; press Inpaint first."
    assert webui.jobs == []


def test_an_object_that_moved_since_the_mask(bpy, masked):
    before = levels(masked)
    result((0, 0, 0), 256)
    bpy.data.objects["Cube"].location[0] += 0.1
    bpy.context.view_layer.update()
    assert refused(bpy.ops.neuralmaster.project) == (
        "The objects have changed since the mask was made; press Mask again."
    )
    assert (levels(masked) == before).all()


def test_an_object_that_was_deleted_since(bpy, masked):
    result((0, 0, 0), 256)
    other = ball(bpy)
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    bpy.context.view_layer.update()
    select(bpy, other)
    assert refused(bpy.ops.neuralmaster.project) == (
        "The view of this result is not known any more; press Mask again."
    )


def test_no_webui(bpy, masked, preferences):
    with FakeWebUI() as gone:
        preferences.url = gone.url
    before = levels(masked)
    assert refused(bpy.ops.neuralmaster.inpaint).startswith(
        f"The WebUI at {gone.url} cannot be reached ("
    )
    assert (levels(masked) == before).all()


def test_a_wrong_login_is_told_and_never_saved(bpy, masked, preferences, webui, folder):
    webui.login, preferences.login = "me:secret", "me:wrong-word"
    assert refused(bpy.ops.neuralmaster.inpaint) == (
        f"The WebUI at {webui.url} did not accept the login; set user:password in the preferences."
    )
    path = folder / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=False)
    assert b"wrong-word" not in path.read_bytes()
    assert webui.url.encode() not in path.read_bytes().replace(
        json.dumps(bpy.context.scene.neuralmaster.status).encode(), b""
    ).replace(bpy.context.scene.neuralmaster.status.encode(), b"")
    preferences.login = ""


def test_a_webui_without_the_extension(bpy, masked, webui):
    del webui.routes[INFO], webui.routes[PROPS]
    assert refused(bpy.ops.neuralmaster.inpaint) == (
        f"The WebUI at {webui.url} has no NeuralMaster; install the extension there."
    )


def test_a_refused_job(bpy, masked, webui):
    webui.routes[IMG2IMG] = (422, {"detail": "grain: expected a number"})
    assert refused(bpy.ops.neuralmaster.inpaint) == "The WebUI refused: grain: expected a number"
    assert "NeuralMaster result" not in bpy.data.images


def test_a_server_that_goes_in_the_middle_of_a_walk(bpy, webui):
    """What was projected before stays; nothing is half written."""
    cube(bpy)
    image = textured(bpy)
    webui.routes[IMG2IMG] = lambda job: webui.img2img(job) if len(webui.jobs) == 1 else None
    said = refused(bpy.ops.neuralmaster.walk)
    assert said.startswith("The connection was lost during the job, and the texture is as it was.")
    quality = levels(image.neuralmaster.quality)[..., 0]
    assert 0 < (quality > 200).mean() < 0.2


def test_a_result_that_is_no_picture(bpy, masked, webui):
    webui.routes[IMG2IMG] = (200, {"images": ["bm90IGEgcGljdHVyZQ=="]})
    assert refused(bpy.ops.neuralmaster.inpaint) == (
        "The WebUI returned a picture that Blender cannot read."
    )


def test_a_file_saved_during_a_job_says_so(bpy, masked, folder):
    bpy.context.scene.neuralmaster.running = True
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "closed.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(folder / "closed.blend"))
    settings = bpy.context.scene.neuralmaster
    assert settings.status == (
        "Blender was closed during a job. Cancelled: the texture is as it was."
    )
    assert not settings.running


def test_a_controlnet_that_is_not_there(bpy, masked, webui):
    bpy.context.scene.neuralmaster.depth = 0.5
    assert refused(bpy.ops.neuralmaster.inpaint) == (
        "The WebUI lists no ControlNet model for depth; set its weight to 0, or install one."
    )


def test_an_extension_that_is_disabled_and_enabled_again(bpy):
    import addon_utils  # noqa: PLC0415 - a part of Blender

    name = "bl_ext.user_default.neuralmaster"
    addon_utils.disable(name)
    assert not hasattr(bpy.types.Scene, "neuralmaster")
    addon_utils.enable(name)
    assert bpy.context.scene.neuralmaster.size == 256
    assert part("operators").current == []
