"""The pictures of one job, read from files."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from neuralmaster import files
from neuralmaster.cli import batch
from neuralmaster.params import FillParams
from neuralmaster.request import Request


@dataclass(frozen=True, eq=False)
class Inputs:
    """The image, its mask, its object mask or None, and notes on the files, a sentence each."""

    image: Image.Image
    mask: Image.Image
    object_mask: Image.Image | None
    notes: tuple[str, ...]

    def request(self, params: FillParams, *, invert: bool, seed: int) -> Request:
        """The job that fills the image."""
        return Request(self.image, self.mask, self.object_mask, params, invert, seed)


def read(pair: batch.Pair) -> Inputs:
    """Reads the files of a pair. Raises ValueError in one sentence."""
    paths = [path for path in (pair.image, pair.mask, pair.object_mask) if path]
    opened = [files.opened(path) for path in paths]
    pictures = [one.picture for one in opened]
    notes = tuple(note for one in opened for note in one.notes)
    return Inputs(pictures[0], pictures[1], pictures[2] if pair.object_mask else None, notes)
