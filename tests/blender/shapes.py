"""Shapes with analytic answers, as the extension reads them from Blender."""

from __future__ import annotations

import numpy as np

from blender.neuralmaster.soup import Soup
from blender.neuralmaster.surface import Surface


def soup_of(points, triangles, normals, uv, surface=0) -> Soup:
    """One object. normals: Tx3x3; uv: Tx3x2. surface: of all its triangles."""
    count = len(triangles)
    return Soup(
        np.asarray(points, np.float64),
        np.asarray(triangles, np.int64),
        np.asarray(normals, np.float64),
        np.asarray(uv, np.float64),
        np.full(count, surface, np.int64),
        np.zeros(count, np.int64),
        np.array([[0.2, 0.4, 0.6]]),
    )


def sphere(radius=1.0, rings=128, at=(0.0, 0.0, 0.0), surface=0) -> Soup:
    """Smooth, the UVs by longitude and latitude."""
    down, along = np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, 2 * rings + 1)
    theta, phi = np.meshgrid(down, along, indexing="ij")
    unit = np.stack(
        [np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=-1
    ).reshape(-1, 3)
    uv = np.stack([phi / (2 * np.pi), 1 - theta / np.pi], axis=-1).reshape(-1, 2)
    triangles = _grid(rings + 1, 2 * rings + 1)
    points = unit * radius + np.asarray(at)
    return soup_of(points, triangles, unit[triangles], uv[triangles], surface)


def _grid(rows, columns):
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    halves = np.stack([a, b, c], axis=-1), np.stack([a, c, d], axis=-1)
    return np.concatenate([half.reshape(-1, 3) for half in halves])


def plane(width=2.0, height=2.0, y=0.0, centre=(0.0, 0.0), surface=0, uv=(0, 0, 1, 1)) -> Soup:
    """Upright, its front towards -y, one texture over it all or over a part of it."""
    x, z = width / 2, height / 2
    corners = np.array([[-x, y, -z], [x, y, -z], [x, y, z], [-x, y, z]])
    corners += [centre[0], 0, centre[1]]
    left, low, right, high = uv
    chart = np.array([[left, low], [right, low], [right, high], [left, high]], float)
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    normals = np.tile([0.0, -1.0, 0.0], (2, 3, 1))
    return soup_of(corners, triangles, normals, chart[triangles], surface)


def white(width=64, height=64, quality=0.0) -> Surface:
    """A white texture that is painted this well everywhere."""
    texture = np.ones((height, width, 4), np.float32)
    return Surface("white", texture, np.full((height, width), quality, np.float32))
