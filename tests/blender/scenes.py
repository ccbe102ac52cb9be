"""Scenes in Blender, and its images as arrays."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

EXTENSION = "bl_ext.user_default.neuralmaster"


def part(name: str) -> Any:
    """A module of the extension, as Blender has installed it."""
    return importlib.import_module(f"{EXTENSION}.{name}")


def pixels(image: Any) -> np.ndarray:
    """HxWx4, rows from the bottom."""
    width, height = image.size
    values = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(height, width, 4)


def levels(image: Any) -> np.ndarray:
    """HxWx4, 0..255."""
    return np.rint(pixels(image) * 255).astype(int)


def select(bpy: Any, *objects: Any) -> None:
    """These alone; the first is active."""
    for one in bpy.context.view_layer.objects:
        if one is not None:
            one.select_set(one in objects)
    bpy.context.view_layer.objects.active = objects[0]


def textured(bpy: Any, size: int = 256) -> Any:
    """Gives the selected objects a white texture, and returns that image."""
    bpy.ops.neuralmaster.texture(size=size)
    return bpy.data.images[f"{bpy.context.view_layer.objects.active.name} texture"]


def cube(bpy: Any, size: float = 1.0, **where: Any) -> Any:
    """A cube with six islands in its UV map."""
    bpy.ops.mesh.primitive_cube_add(size=size, **where)
    one = bpy.context.view_layer.objects.active
    unwrap(bpy)
    return one


def ball(bpy: Any, radius: float = 1.0, **where: Any) -> Any:
    """A smooth sphere by longitude and latitude; its poles are along z."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=256, ring_count=128, radius=radius, **where)
    bpy.ops.object.shade_smooth()
    return bpy.context.view_layer.objects.active


def unwrap(bpy: Any) -> None:
    """Smart UV Project of what is active."""
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.smart_project(island_margin=0.02)
    bpy.ops.object.mode_set(mode="OBJECT")


def mask(bpy: Any) -> np.ndarray:
    """Red and green of the mask, 0..255."""
    return levels(bpy.data.images["NeuralMaster mask"])[..., :2]


def result(colour: Any, size: int) -> None:
    """A result of this colour, as if a WebUI had made it."""
    made = np.empty((size, size, 3), np.uint8)
    made[:] = colour
    part("pictures").named("NeuralMaster result", made)
