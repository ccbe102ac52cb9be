"""The picture and the mask of most jobs, and what the host makes of that mask."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import ImageOps

from tests.pictures import textured_scene
from tests.webui.real_host import BLURS_AT_ONCE

IMAGE, MASK = textured_scene(512, 512)
RED = MASK.getchannel(0)
GRAY = RED.convert("RGB")  # red and green match: it cannot steer a fill


def host_mask(red, *, blur=0, invert=False):
    """The host's own rule (processing.py, init): its mask before any crop, HxW levels."""
    mask = np.asarray(ImageOps.invert(red) if invert else red)
    if blur:
        kernel = 2 * int(2.5 * blur + 0.5) + 1
        for width, height in [(kernel, kernel)] if BLURS_AT_ONCE else [(kernel, 1), (1, kernel)]:
            mask = cv2.GaussianBlur(mask, (width, height), blur)
    return mask
