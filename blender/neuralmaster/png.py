"""PNG files from arrays, with the standard library alone."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_FAST = 1  # zlib's level: the WebUI is mostly on this machine, and larger levels take seconds
_KINDS = {1: 0, 3: 2}  # channels: PNG's colour type


def encoded(levels: NDArray[np.uint8]) -> bytes:
    """A PNG of HxW or HxWx3 uint8, rows from the bottom as everywhere here."""
    height, width = levels.shape[:2]
    channels = levels.size // (height * width)
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # the first byte: no filter
    rows[:, 1:] = levels[::-1].reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, _KINDS[channels], 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), _FAST)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def in_base64(levels: NDArray[np.uint8]) -> str:
    """The same as text, as a WebUI takes it."""
    return base64.b64encode(encoded(levels)).decode()
