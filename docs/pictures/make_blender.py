"""Makes the pictures of docs/blender.md, in Blender as a module, without a WebUI.

    PYTHONPATH=. .venv/blender/bin/python docs/pictures/make_blender.py

What a model would paint is here the fill alone, by the method `texture`, and from the front a
pattern of numbers.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

import neuralmaster
from tests.blender.fruit import fruit
from tests.blender.scenes import levels, part

HERE = Path(__file__).parent
SIDE = 360  # pixels of a panel
PICTURE, MASK, RESULT = (f"NeuralMaster {name}" for name in ("picture", "mask", "result"))


def main() -> None:
    """Paints a fruit, and keeps a picture of each step."""
    with tempfile.TemporaryDirectory() as folder:
        bpy = started(folder)
        one, texture = fruit(bpy, 1024)
        settings = bpy.context.scene.neuralmaster
        settings.size, settings.background, settings.inset = 768, (0.72, 0.72, 0.75), 3
        lamps(bpy)
        steps, view = part("steps"), part("view")
        points = part("reading").model(bpy.context, [one]).soup.chosen_points()
        views = view.around(points, settings.size)
        keep("1-white", rendered(bpy, views["front"], folder))

        steps.make_mask(bpy.context, [one], views["front"])
        keep("2-mask", shown(bpy, PICTURE), shown(bpy, MASK))
        part("pictures").named(RESULT, front(shown(bpy, MASK)))
        keep("3-result", shown(bpy, RESULT))
        bpy.ops.neuralmaster.project()
        turned = beside(views["front"], view, 55)
        keep("4-turned", rendered(bpy, turned, folder))

        steps.make_mask(bpy.context, [one], turned)
        keep("5-mask", shown(bpy, PICTURE), shown(bpy, MASK))
        keep("6-fill", filled(bpy, "context"))
        part("pictures").named(RESULT, filled(bpy, "texture")[::-1])
        keep("7-result", shown(bpy, RESULT))
        bpy.ops.neuralmaster.project()
        keep("8-projected", rendered(bpy, turned, folder))

        for each in views.values():
            if steps.make_mask(bpy.context, [one], each) > 0:
                part("pictures").named(RESULT, filled(bpy, "texture")[::-1])
                bpy.ops.neuralmaster.project()
        quality = levels(texture.neuralmaster.quality)[..., :3]
        keep("9-quality", levels(texture)[..., :3], quality)
        keep(
            "10-around",
            *(rendered(bpy, views[name], folder) for name in ("right", "back", "left", "top")),
        )


def started(folder: str) -> Any:
    """Blender with the extension from its archive, and an empty scene."""
    os.environ["BLENDER_USER_RESOURCES"] = folder
    import bpy  # noqa: PLC0415 - it reads the folder when it is imported

    from blender.build import build  # noqa: PLC0415

    bpy.ops.wm.read_factory_settings(use_empty=True)
    archive = build(Path(folder) / "archive")
    bpy.ops.extensions.package_install_files(
        filepath=str(archive), repo="user_default", enable_on_install=True
    )
    return bpy


def lamps(bpy: Any) -> None:
    """A soft sky and a sun, and a camera."""
    scene = bpy.context.scene
    world = bpy.data.worlds.new("Sky")
    scene.world = world
    if world.node_tree is None:
        world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.55, 0.58, 0.65, 1)
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy, sun.rotation_euler = 1.2, (0.9, 0.2, 0.4)
    scene.collection.objects.link(sun)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine, scene.cycles.samples = "CYCLES", 12
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    scene.view_settings.view_transform = "Standard"


def rendered(bpy: Any, view: Any, folder: str) -> np.ndarray:
    """A render from a view, rows from the bottom."""
    scene = bpy.context.scene
    from mathutils import Matrix  # noqa: PLC0415 - a part of Blender

    scene.camera.matrix_world = Matrix(np.linalg.inv(view.to_camera).tolist())
    scene.camera.data.lens, scene.camera.data.clip_end = 50, 1000
    path = Path(folder) / "render.png"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))[::-1]


def beside(view: Any, module: Any, degrees: float) -> Any:
    """The same camera, moved around the middle."""
    turn = math.radians(degrees)
    eye = -view.to_camera[:3, :3].T @ view.to_camera[:3, 3]
    middle = np.array([0, 0, eye[2]])
    x, y = eye[0], eye[1]
    moved = (
        x * math.cos(turn) - y * math.sin(turn),
        x * math.sin(turn) + y * math.cos(turn),
        eye[2],
    )
    to_camera = module.looking(moved, middle)
    return module.View(to_camera, view.projection, view.near, view.far, view.width, view.height)


def front(mask: np.ndarray) -> np.ndarray:
    """A spotted skin and a green stem, for what the mask's green covers; rows from the bottom."""
    green = mask[..., 1]
    height, width = green.shape
    y = (np.arange(height) / height)[:, None] + np.zeros(width)
    noise = np.random.default_rng(7).random((height, width)).astype(np.float32)
    spots = sum(
        _blurred(noise, sigma) * weight for sigma, weight in ((3, 1.0), (9, 1.6), (30, 2.5))
    )
    skin = (
        np.array([0.80, 0.30, 0.12])
        + spots[..., None] * [0.06, 0.12, 0.03]
        + (y[..., None] - 0.5) * [0.1, 0.45, 0]
    )
    skin[y > 0.79] = (np.array([0.35, 0.42, 0.14]) + 0.12 * spots[..., None])[y > 0.79]
    skin = np.clip(skin, 0, 1) * 255
    share = green[..., None] / 255
    return np.rint(skin * share + np.array([184, 184, 191]) * (1 - share)).astype(np.uint8)


def _blurred(noise: np.ndarray, sigma: float) -> np.ndarray:
    smooth = cv2.GaussianBlur(noise, (0, 0), sigma)
    return (smooth - smooth.mean()) / smooth.std() / 2


def filled(bpy: Any, method: str) -> np.ndarray:
    """The picture filled where its mask is red, top row first."""
    image, mask = (Image.fromarray(shown(bpy, name)[::-1]) for name in (PICTURE, MASK))
    prepared = neuralmaster.preprocess(image, mask, neuralmaster.FillParams(method=method))
    return np.asarray(prepared.image)


def shown(bpy: Any, name: str) -> np.ndarray:
    """HxWx3 of an image in Blender, rows from the bottom."""
    return levels(bpy.data.images[name])[..., :3].astype(np.uint8)


def keep(name: str, *panels: np.ndarray) -> None:
    """Writes panels side by side; the fill's are top row first already."""
    sheet = Image.new("RGB", (len(panels) * (SIDE + 4) - 4, SIDE), "white")
    for number, panel in enumerate(panels):
        rows = panel if name == "6-fill" else panel[::-1]
        picture = Image.fromarray(np.ascontiguousarray(rows).astype(np.uint8)).resize(
            (SIDE, SIDE), Image.Resampling.LANCZOS
        )
        sheet.paste(picture, (number * (SIDE + 4), 0))
    sheet.save(HERE / f"blender-{name}.jpg", quality=82)
    sys.stdout.write(f"blender-{name}.jpg\n")


if __name__ == "__main__":
    main()
