"""A fruit with a stem, painted from the front and walked around, on a magenta background."""

import base64
import io
import os

import numpy as np
import pytest
from PIL import Image

import neuralmaster
from neuralmaster.params import specs
from tests.blender.fruit import fruit, painted
from tests.blender.scenes import levels, part, pixels
from tests.fake_webui import IMG2IMG, INFO, FakeWebUI

SIZE = 512
SAMPLES = 1500  # texels that are looked at from all sides
SCHEMA = {
    "properties": {
        name: {
            **spec.schema(),
            "title": spec.label,
            "default": getattr(neuralmaster.FillParams(), name),
        }
        for name, spec in specs().items()
    }
}


def opened(text):
    with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
        return picture.convert("RGB")


def standin(job):
    """What a small model makes of the fill: means of 8x8 pixels, smoothly, where red is high."""
    image, mask = opened(job["init_images"][0]), opened(job["mask"])
    prepared = neuralmaster.preprocess(image, mask)
    small = prepared.image.resize((image.width // 8, image.height // 8), Image.Resampling.BOX)
    made = small.resize(image.size, Image.Resampling.BILINEAR)
    buffer = io.BytesIO()
    Image.composite(made, image, prepared.inpaint_mask).save(buffer, "PNG")
    return 200, {"images": [base64.b64encode(buffer.getvalue()).decode()], "info": "{}"}


@pytest.fixture(params=["stand-in", "A1111"])
def url(request, tmp_path):
    """A WebUI; the real one is started for this test."""
    if request.param == "stand-in":
        with FakeWebUI() as fake:
            fake.routes[IMG2IMG] = standin
            fake.routes[INFO] = (200, {"version": "1.0.0", "parameters": SCHEMA})
            yield fake.url
        return
    if not os.environ.get("WEBUI_DIR"):
        pytest.skip("needs an installed WebUI in WEBUI_DIR")
    from tests.webui.real_host import WebUI  # noqa: PLC0415

    with WebUI(tmp_path) as running:
        yield running.url


class Texels:
    """Some of the texels that show, each as a place in the world with a normal."""

    def __init__(self, model, size):
        owner = part("surface").chart(model.soup, 0, size, size).ravel()
        some = np.random.default_rng(4).choice(np.flatnonzero(owner >= 0), SAMPLES, replace=False)
        self.texel, triangle = some, owner[some]
        v, u = np.divmod(some, size)
        place = np.stack([(u + 0.5) / size, (v + 0.5) / size, np.ones(SAMPLES)], axis=1)
        corners = np.concatenate([model.soup.uv[triangle], np.ones((SAMPLES, 3, 1))], axis=2)
        shares = np.linalg.solve(corners.transpose(0, 2, 1), place[..., None])[..., 0]
        self.point = np.einsum("nc,ncj->nj", shares, model.soup.corners[triangle])
        self.normal = np.einsum("nc,ncj->nj", shares, model.soup.normals[triangle])

    def facing(self, bpy, view):
        """The cosine to a camera, 0 where something is between: by Blender's own rays."""
        eye = -view.to_camera[:3, :3].T @ view.to_camera[:3, 3]
        way = eye - self.point
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        cosine = (way * self.normal).sum(axis=1)
        graph = bpy.context.evaluated_depsgraph_get()
        for number in np.flatnonzero(cosine > 0):
            start = self.point[number] + 0.004 * self.normal[number] + 0.004 * way[number]
            if bpy.context.scene.ray_cast(graph, start.tolist(), way[number].tolist())[0]:
                cosine[number] = 0
        return np.maximum(cosine, 0)

    def red(self, view, red):
        """Red at the pixels around each texel, the highest; 0 outside the picture."""
        points = np.concatenate([self.point, np.ones((SAMPLES, 1))], axis=1)
        x, y, w, _ = (points @ (view.to_pixels @ view.to_camera).T).T
        x, y = np.floor(x / w - 0.5).astype(int), np.floor(y / w - 0.5).astype(int)
        around = [
            red[np.clip(y + b, 0, SIZE - 1), np.clip(x + a, 0, SIZE - 1)]
            for a in (0, 1)
            for b in (0, 1)
        ]
        return np.max(around, axis=0)


def test_a_fruit_is_painted_all_around(bpy, preferences, url):
    preferences.url, preferences.login = url, ""
    one, image = fruit(bpy)
    settings = bpy.context.scene.neuralmaster
    settings.size, settings.background, settings.inset = SIZE, (1, 0, 1), 12
    settings.denoising, settings.steps, settings.seed = 0.2, 8, 1
    steps, reading = part("steps"), part("reading")
    model = reading.model(bpy.context, [one])
    views = part("view").around(model.soup.chosen_points(), SIZE)
    texels = Texels(model, 1024)

    steps.make_mask(bpy.context, [one], views["front"])
    green = levels(bpy.data.images["NeuralMaster mask"])[..., 1]
    part("pictures").named("NeuralMaster result", painted(green))
    bpy.ops.neuralmaster.project()

    best = texels.facing(bpy, views["front"])
    for name, view in views.items():
        before = levels(image).reshape(-1, 4)[texels.texel]
        if steps.make_mask(bpy.context, [one], view) > 0:
            bpy.ops.neuralmaster.inpaint()
            bpy.ops.neuralmaster.project()
        after = levels(image).reshape(-1, 4)[texels.texel]
        red = texels.red(view, levels(bpy.data.images["NeuralMaster mask"])[..., 0])
        facing = texels.facing(bpy, view)
        changed = (after != before).any(axis=1)
        assert not changed[red == 0].any(), name
        assert not changed[texels.normal @ direction(view) < -0.1].any(), name
        best = np.maximum(best, facing)

    quality = levels(image.neuralmaster.quality).reshape(-1, 4)[texels.texel, 0] / 255
    visible = best > 0.15
    assert visible.sum() > 800
    assert (quality[visible] > 0).mean() >= 0.98
    assert (quality[best > 0.5] > 0.2).mean() >= 0.98  # nothing stretched is left
    stored = pixels(image)[..., :3]
    known = pixels(image.neuralmaster.quality)[..., 0] > 0
    assert np.abs(stored - [1, 0, 1]).max(axis=-1)[known].min() > 0.4  # no background
    assert (stored.min(axis=-1)[known] < 0.9).all()  # and nothing white
    assert (stored[~known] == 1).all()


def direction(view):
    """From the object to the camera."""
    return view.to_camera[2, :3]


def test_walking_around_is_one_operator(bpy, preferences, url):
    preferences.url, preferences.login = url, ""
    _, image = fruit(bpy, 512)
    settings = bpy.context.scene.neuralmaster
    settings.size, settings.steps, settings.denoising = 256, 4, 0.4
    bpy.ops.neuralmaster.walk(all_sides=True)
    assert settings.status == "Painted from front, right, back, left, top."
    assert (levels(image.neuralmaster.quality)[..., 0] > 0).mean() > 0.2
    bpy.context.scene.camera.location[1] = -6
    settings.low, settings.high = 0.01, 0.02
    bpy.ops.neuralmaster.walk(cameras="Camera")
    assert settings.status == "Painted from Camera."


def test_the_parameters_are_the_webuis(bpy, preferences, url):
    preferences.url, preferences.login = url, ""
    bpy.ops.neuralmaster.connect()
    assert bpy.context.scene.neuralmaster.status.startswith(f"Connected to {url}; ")
    fill = bpy.context.scene.neuralmaster_fill
    assert {"method", "feather", "grain"} <= set(fill.bl_rna.properties.keys())
    assert "source" not in fill.bl_rna.properties
    fill.method, fill.grain = "mean", 0.25
    sent = part("properties").arguments(bpy.context.scene)
    assert (sent["method"], sent["grain"]) == ("mean", 0.25)
