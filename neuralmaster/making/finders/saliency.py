"""What stands out in a picture, by a saliency model if a person has one."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from pathlib import Path

import cv2

from neuralmaster.images import Floats, Plane
from neuralmaster.making.finders import models, network
from neuralmaster.making.finders.network import ModelError, Network

KEPT = 16  # maps of the last pictures; one has 0.4 to 4 MB


class _Memory:
    """The network in use, or what is wrong with it, and its maps of the last pictures."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # OpenCV's networks are not made for several threads
        self._key: tuple[object, ...] = ()
        self._network: Network | ModelError
        self._maps: OrderedDict[bytes, Floats] = OrderedDict()

    def network(self, path: Path) -> Network:
        """A model's network; a file is read anew if it changed. Raises ModelError."""
        key = (path, *network.status(path))
        if self._key != key:
            try:
                self._network = network.load(path)
            except ModelError as error:
                self._network = error
            self._key = key
            self._maps.clear()
        if isinstance(self._network, ModelError):
            raise self._network
        return self._network

    def map(self, net: Network, pixels: Plane) -> Floats:
        """A network's map of a picture of its size. Raises as `run` does."""
        key = hashlib.sha1(pixels.tobytes(), usedforsecurity=False).digest()
        if key not in self._maps:
            self._maps[key] = net.run(pixels)
        self._maps.move_to_end(key)
        while len(self._maps) > KEPT:
            self._maps.popitem(last=False)
        return self._maps[key]


_memory = _Memory()


def saliency(pixels: Plane) -> tuple[Floats, str] | None:
    """What stands out in a picture, and the model's file name; None if there is no model.

    pixels: H x W x 3, B, G, R. Returns side x side in 0..1: the map of the picture squeezed into a
    square. The map of a picture is computed once. Raises ModelError if the model cannot be used.
    """
    path = models.model()
    if path is None:
        return None
    with _memory.lock:
        net = _memory.network(path)
        small = cv2.resize(pixels, (net.side, net.side), interpolation=cv2.INTER_AREA)
        try:
            return _memory.map(net, small), path.name
        except (ValueError, cv2.error) as error:
            raise network.refused(path) from error
