"""The picture and the mask of most jobs, and what the host makes of that mask."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import ImageOps

from tests.pictures import textured_scene

IMAGE, MASK = textured_scene(512, 512)
RED = MASK.getchannel(0)
GRAY = RED.convert("RGB")  # red and green match: it cannot steer a fill


def host_mask(red, *, blur=0, invert=False):
    """The host's own rule (processing.py, init): its mask before any crop, HxW levels."""
    mask = np.asarray(ImageOps.invert(red) if invert else red)
    if blur:
        kernel = 2 * int(2.5 * blur + 0.5) + 1
        mask = cv2.GaussianBlur(mask, (kernel, 1), blur)
        mask = cv2.GaussianBlur(mask, (1, kernel), blur)
    return mask
