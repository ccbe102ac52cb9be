"""Cameras for the tests."""

from __future__ import annotations

import numpy as np

from blender.neuralmaster.view import View, looking, perspective


def parallel(width=64, height=64, frame=2.0, distance=10.0, shift=(0.0, 0.0)) -> View:
    """From the front, rays along +y. frame: the picture's width in the world's units."""
    projection = np.eye(4)
    projection[0, 0], projection[1, 1] = 2 / frame, 2 / (frame * height / width)
    projection[0, 3], projection[1, 3] = -2 * shift[0], -2 * shift[1]
    projection[2, 2], projection[2, 3] = -2 / 99.9, -100.1 / 99.9
    return View(looking((0, -distance, 0), (0, 0, 0)), projection, 0.1, 100.0, width, height)


def lens(width=64, height=64, focal=2.0, distance=5.0, shift=(0.0, 0.0), eye=None) -> View:
    """From the front. focal: in widths of the picture."""
    projection = perspective(focal, width, height, 0.1, 100.0)
    projection[0, 2], projection[1, 2] = 2 * shift[0], 2 * shift[1]
    eye = (0, -distance, 0) if eye is None else eye
    return View(looking(eye, (0, 0, 0)), projection, 0.1, 100.0, width, height)
