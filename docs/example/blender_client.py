"""What the Blender addon sends to a WebUI, with only the standard library and numpy."""

from __future__ import annotations

import base64
import json
import struct
import urllib.request
import zlib

import numpy as np

PROPS = "/neuralmaster_inpainter/get_props"
IMG2IMG = "/sdapi/v1/img2img"


def png(red: np.ndarray, green: np.ndarray) -> bytes:
    """The two-channel mask as an RGB PNG, from two HxW arrays of 0..1, top row first."""
    levels = np.zeros((*red.shape, 3), np.uint8)
    levels[..., 0] = np.clip(red, 0, 1) * 255 + 0.5
    levels[..., 1] = np.clip(green, 0, 1) * 255 + 0.5
    height, width = red.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)  # each row begins with its filter, 0: none
    rows[:, 1:] = levels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, RGB
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def pixels_of(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Red and green of a picture file; for trying this out without Blender, needs Pillow."""
    from PIL import Image  # noqa: PLC0415 - Blender has none, and does not call this

    levels = np.asarray(Image.open(path).convert("RGB")) / 255
    return levels[..., 0], levels[..., 1]


class Client:
    """A WebUI at an address; login is "user:password" of its --api-auth, or ""."""

    def __init__(self, url: str, login: str = "") -> None:
        self.url = url.rstrip("/")
        self.headers = {"Content-Type": "application/json"}
        if login:
            self.headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()

    def index(self) -> int:
        """What `inpainting_fill` must be for NeuralMaster in this WebUI; needs no login."""
        return int(self.ask(PROPS)["menu_item_index"])

    def inpaint(self, image: bytes, red: np.ndarray, green: np.ndarray, **fields: object) -> bytes:
        """The first result as a PNG file. image: a PNG; red, green: HxW, 0..1; fields: the rest."""
        height, width = red.shape
        job = {
            "init_images": [base64.b64encode(image).decode()],
            "mask": base64.b64encode(png(red, green)).decode(),
            "inpainting_fill": self.index(),
            "inpaint_full_res": False,  # Whole picture
            "inpainting_mask_invert": 0,  # repaint where red is high
            "mask_blur": 0,
            "width": width,
            "height": height,
        }
        return base64.b64decode(self.ask(IMG2IMG, {**job, **fields})["images"][0])

    def ask(self, path: str, body: dict | None = None) -> dict:
        """The JSON that the WebUI answers; raises urllib.error.HTTPError if it refuses."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, self.headers)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)
