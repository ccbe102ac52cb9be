"""A network of the U2-Net family, read from an ONNX file and run by OpenCV on the CPU.

U2-Net: Qin et al., U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection, 2020.
IS-Net: Qin et al., Highly Accurate Dichotomous Image Segmentation, 2022.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from neuralmaster.images import Floats, Plane
from neuralmaster.making.finders import onnx

LARGEST = 400e6  # bytes of a file that is read; the largest of the family has 180e6
SIDES = range(64, 1025)  # pixels of a network's input; larger takes minutes
VARIABLE = 320  # pixels of an input that may have any size: what U2-Net was trained with
# What the networks were trained with: mean and standard deviation of red, green and blue, of a
# picture whose brightest value is 1. IS-Net is recognized by its larger input.
U2NET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
ISNET = ((0.5, 0.5, 0.5), (1.0, 1.0, 1.0))
ISNET_SIDE = 1024
# MD5 of the files that rembg has people download: u2netp, u2net, silueta, isnet-general-use. Others
# are tried in a process of their own, for OpenCV may crash on a damaged one.
KNOWN = (
    "8e83ca70e441ab06c318d82300c84806",
    "60024c5c889badc19c04ad937298a77b",
    "55e59e0d8062d2f5d013f4725ee84782",
    "fc16ebd8b0c10d971d3513d564d01e29",
)
PATIENCE = 60.0  # seconds for such a trial
_ROOT = Path(__file__).resolve().parents[3]  # the folder of the package neuralmaster
_TRIAL = "import sys; from neuralmaster.making.finders import network; network.trial(sys.argv[1])"


class ModelError(ValueError):
    """A model that cannot be used, in one sentence that begins with its path."""


@dataclass(frozen=True)
class Network:
    """A model that was loaded. side: of its input, in pixels. output: its map's name."""

    side: int
    output: str
    net: Any

    def run(self, pixels: Plane) -> Floats:
        """What stands out in a picture: side x side x 3, B, G, R; gives side x side in 0..1.

        Raises ValueError if the network gives anything else, cv2.error if it cannot be run.
        """
        mean, deviation = (np.array(v, np.float32) for v in (ISNET if self._is_isnet else U2NET))
        colours = pixels[..., ::-1].astype(np.float32) / np.float32(max(int(pixels.max()), 1))
        colours = (colours - mean) / deviation
        self.net.setInput(np.ascontiguousarray(colours.transpose(2, 0, 1)[None]))
        shown = np.array(self.net.forward(self.output), np.float32)
        if shown.shape != (1, 1, self.side, self.side) or not np.isfinite(shown).all():
            raise ValueError(shown.shape)
        return shown[0, 0].clip(0, 1)

    @property
    def _is_isnet(self) -> bool:
        return self.side == ISNET_SIDE


def status(path: Path) -> tuple[int, int]:
    """Size and time of a model's file. Raises ModelError if it cannot be a model."""
    try:
        found = path.stat()
    except OSError as error:
        raise ModelError(f"{path}: expected a model, got {error.strerror}") from error
    if not path.is_file():
        raise ModelError(f"{path}: expected a model, got no file")
    if found.st_size > LARGEST:
        megabytes = f"at most {LARGEST / 1e6:g} MB, got {found.st_size / 1e6:.0f} MB"
        raise ModelError(f"{path}: expected a model of {megabytes}")
    return found.st_size, found.st_mtime_ns


def load(path: Path) -> Network:
    """Reads a model. Raises ModelError if it is none, or none that works."""
    try:
        content = path.read_bytes()
        network = _parsed(content, lambda: _try_apart(path, content))
    except OSError as error:
        raise ModelError(f"{path}: expected a model, got {error.strerror}") from error
    except (ValueError, cv2.error) as error:
        raise refused(path) from error
    return network


def refused(path: Path) -> ModelError:
    """For a file that is no model of the family."""
    return ModelError(
        f"{path}: expected a saliency model in ONNX, such as u2netp.onnx, got another file or a "
        "damaged one"
    )


def trial(path: str) -> None:
    """Loads a model and runs it on a gray picture; raises or crashes if that does not work."""
    network = _parsed(Path(path).read_bytes(), lambda: None)
    network.run(np.full((network.side, network.side, 3), 128, np.uint8))


def _try_apart(path: Path, content: bytes) -> None:
    """Raises ValueError if a file that is not known does not work in a process of its own."""
    if hashlib.md5(content, usedforsecurity=False).hexdigest() in KNOWN:
        return
    paths = [str(_ROOT), *filter(None, sys.path)]  # a WebUI's path does not keep ours
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    try:
        subprocess.run(
            [sys.executable, "-c", _TRIAL, str(path)],
            env=environment, check=True, timeout=PATIENCE,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.SubprocessError as error:
        raise ValueError(path) from error


def _parsed(content: bytes, check: Callable[[], None]) -> Network:
    """check: called before the content goes to OpenCV. Raises ValueError or cv2.error."""
    inputs, outputs = onnx.ends(content)
    side = _side(inputs)
    check()
    net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
    # some versions of OpenCV put words of their own before the name
    names = [str(name) for name in net.getUnconnectedOutLayersNames()]
    (output,) = (n for n in names if outputs and n.rpartition("!")[2] == outputs[0].name)
    return Network(side, output, net)


def _side(inputs: list[onnx.Tensor]) -> int:
    """The side of the one input, a square picture in colour. Raises ValueError for another."""
    (entry,) = inputs
    batch, bands, height, width = entry.shape
    side = height or VARIABLE
    is_picture = entry.kind == onnx.FLOAT and batch <= 1 and bands == 3 and height == width
    if not is_picture or side not in SIDES:
        raise ValueError(entry)
    return side
