"""A camera as numbers: where points of the world fall in its picture, and from where it looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class View:
    """A camera and the size of its picture.

    to_camera: 4x4, from the world to the camera's axes, which look along -z, y up.
    projection: 4x4, from there to clip coordinates, as OpenGL has them; shift and sensor are in it.
    near, far: what is nearer or farther than these is not seen, in the world's units.
    width, height: of the picture in pixels. Rows count from the bottom, as in all of Blender.
    """

    to_camera: Floats
    projection: Floats
    near: float
    far: float
    width: int
    height: int

    @property
    def orthographic(self) -> bool:
        """Whether rays are parallel."""
        return bool(self.projection[3, 3] == 1.0)

    @property
    def to_pixels(self) -> Floats:
        """4x4, from the camera's axes: (x w, y w, w, depth), x and y in pixels.

        w is the depth along the view, or 1 for an orthographic camera.
        """
        x, y, _, w = self.projection
        depth = np.array([0.0, 0.0, -1.0, 0.0])
        return np.array([self.width / 2 * (x + w), self.height / 2 * (y + w), w, depth])

    def pixel_size(self, depth: Floats | float) -> Floats | float:
        """Width of a pixel in the world's units at a depth: the root of its area."""
        across, up = self.projection[0, 0] * self.width / 2, self.projection[1, 1] * self.height / 2
        size = 1 / math.sqrt(abs(across * up))
        return size + 0 * depth if self.orthographic else size * depth

    def linear_depth(self, order: Floats) -> Floats:
        """The depth of what `Triangles` sort by: -1/depth, or the depth of parallel rays."""
        return order if self.orthographic else -1 / order

    def as_json(self) -> dict[str, Any]:
        """Plain values, from which `of_json` makes the same view."""
        return {
            "to_camera": self.to_camera.tolist(),
            "projection": self.projection.tolist(),
            "near": self.near,
            "far": self.far,
            "width": self.width,
            "height": self.height,
        }

    @classmethod
    def of_json(cls, values: dict[str, Any]) -> View:
        """The view that `as_json` described. Raises ValueError if it is none."""
        try:
            matrices = [np.array(values[name], np.float64) for name in ("to_camera", "projection")]
            if any(matrix.shape != (4, 4) for matrix in matrices):
                raise ValueError("not 4x4")
            sides = int(values["width"]), int(values["height"])
            near, far = float(values["near"]), float(values["far"])
            return cls(matrices[0], matrices[1], near, far, *sides)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("expected the numbers of a camera, got others") from error


def perspective(lens: float, width: int, height: int, near: float, far: float) -> Floats:
    """The projection of a lens: focal length in widths of the longer side (50 mm: 50/36)."""
    longer = max(width, height)
    matrix = np.zeros((4, 4))
    matrix[0, 0], matrix[1, 1] = 2 * lens * longer / width, 2 * lens * longer / height
    matrix[2, 2], matrix[2, 3] = -(far + near) / (far - near), -2 * far * near / (far - near)
    matrix[3, 2] = -1
    return matrix


def looking(eye: Sequence[float], at: Sequence[float]) -> Floats:
    """4x4, from the world to a camera at `eye` that looks at `at`, its top towards +z, or +y."""
    back = np.asarray(eye, np.float64) - np.asarray(at, np.float64)
    back /= np.linalg.norm(back)
    up = np.array([0.0, 0.0, 1.0]) if abs(back[2]) < 0.999 else np.array([0.0, 1.0, 0.0])
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = right, np.cross(back, right), back
    matrix[:3, 3] = -matrix[:3, :3] @ np.asarray(eye, np.float64)
    return matrix


SIDES = {  # directions from the object to the camera; Blender's front looks along +y
    "front": (0.0, -1.0, 0.0),
    "right": (1.0, 0.0, 0.0),
    "back": (0.0, 1.0, 0.0),
    "left": (-1.0, 0.0, 0.0),
    "top": (0.0, 0.0, 1.0),
}


def around(points: Floats, size: int, lens: float = 50 / 36, frame: float = 0.9) -> dict[str, View]:
    """Views from four sides and from the top, each of a size x size picture.

    points: Nx3, which all lie within the middle `frame` of each picture. lens: as in `perspective`.
    """
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    radius = max(float(np.linalg.norm(points - middle, axis=1).max()), 1e-6)
    # a sphere fills `frame` of the picture where its tangent meets the edge of that
    distance = radius / math.sin(math.atan(frame / (2 * lens)))
    near, far = max(distance - radius * 1.5, distance * 0.01), distance + radius * 1.5
    projection = perspective(lens, size, size, near, far)
    return {
        name: View(
            looking(middle + np.array(way) * distance, middle), projection, near, far, size, size
        )
        for name, way in SIDES.items()
    }
