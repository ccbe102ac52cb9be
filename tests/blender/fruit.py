"""A fruit with a stem, made of numbers: two surfaces of revolution in one mesh."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.blender.scenes import select, textured, unwrap


def fruit(bpy: Any, texture: int = 1024) -> tuple[Any, Any]:
    """The object, selected, and its white texture."""
    t = np.linspace(0, math.pi, 40)
    radius = np.maximum(np.sin(t) * (1 + 0.12 * np.cos(t)), 0.02)
    height = -0.95 * np.cos(t) + 0.25 * np.exp(-((radius / 0.35) ** 2)) * np.cos(t)
    stem = [(0.05, 0.55), (0.05, 0.8), (0.045, 1.0), (0.06, 1.15)]
    parts = [_turned(bpy, list(zip(radius, height, strict=True)), 64), _turned(bpy, stem, 16)]
    for vertex in parts[1].data.vertices:
        vertex.co.x += 0.15 * max(vertex.co.z - 0.7, 0) ** 1.5
    select(bpy, *parts)
    bpy.ops.object.join()
    one = bpy.context.view_layer.objects.active
    one.name = "Fruit"
    assert len(one.data.polygons) == 39 * 64 + 3 * 16 + 4
    unwrap(bpy)
    return one, textured(bpy, texture)


def _turned(bpy: Any, profile: list[tuple[float, float]], around: int) -> Any:
    angle = 2 * math.pi * np.arange(around) / around
    points = [(r * math.cos(a), r * math.sin(a), z) for r, z in profile for a in angle]
    ring, at = np.meshgrid(np.arange(len(profile) - 1) * around, np.arange(around), indexing="ij")
    after = (at + 1) % around
    sides = [ring + at, ring + after, ring + around + after, ring + around + at]
    faces = [tuple(face) for face in np.stack(sides, axis=-1).reshape(-1, 4).tolist()]
    last = (len(profile) - 1) * around
    faces += [tuple(range(around))[::-1], tuple(range(last, last + around))]
    mesh = bpy.data.meshes.new("Part")
    mesh.from_pydata(points, [], faces)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
    mesh.update()
    one = bpy.data.objects.new("Part", mesh)
    bpy.context.collection.objects.link(one)
    bpy.context.view_layer.update()
    return one


def painted(green: np.ndarray) -> np.ndarray:
    """HxWx3 uint8: a picture of the fruit from the front, on magenta. green: the mask's, 0..255."""
    height, width = green.shape
    y, x = np.mgrid[:height, :width] / height
    skin = np.stack(
        [0.75 + 0.2 * np.sin(x * 40) * np.sin(y * 31), 0.35 + 0.3 * y, 0.12 + 0 * x], -1
    )
    skin[y > 0.79] = (0.25, 0.5, 0.15)
    skin[green < 128] = (1, 0, 1)
    return np.rint(skin * 255).astype(np.uint8)
