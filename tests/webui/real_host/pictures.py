"""Pictures as they are sent, and compared."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from tests.webui.real_host.capabilities import STANDIN


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def b64(image: Image.Image) -> str:
    return base64.b64encode(png(image)).decode()


def same(one: Image.Image, other: Image.Image) -> bool:
    return (one.mode, one.size, one.tobytes()) == (other.mode, other.size, other.tobytes())


def alike(one: Image.Image, other: Image.Image) -> bool:
    """The same but for a level in a pixel of ten thousand: two versions of NumPy round so."""
    if (one.mode, one.size) != (other.mode, other.size):
        return False
    differ = np.abs(np.asarray(one).astype(int) - np.asarray(other))
    return bool(differ.max() <= 1 and (differ > 0).mean() <= 1e-4)


def same_result(one: Image.Image, other: Image.Image) -> bool:
    """Whether two results are of one job, as far as the stand-in lets one tell."""
    if (one.mode, one.size) != (other.mode, other.size):
        return False
    differ = np.asarray(one).astype(int) - np.asarray(other)
    return int(abs(differ).max()) <= STANDIN.levels


def changed(one: Image.Image, other: Image.Image, where: np.ndarray) -> int:
    """How many of the pixels of an HxW selection differ in any channel."""
    differ = (np.asarray(one) != np.asarray(other)).any(axis=-1)
    return int((differ & where).sum())
