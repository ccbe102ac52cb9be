"""Refusing a job: the host stops it, with our sentence as the error.

The host swallows exceptions of a script's hooks and runs on, but not those of iterating over the
images on `p`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

from fastapi import HTTPException
from PIL import Image

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing

LONGEST = 400  # characters of a sentence: it may quote what it was sent


class NeuralMasterError(HTTPException):
    """A refused job: status 422 for an API client, the sentence for the user."""

    def __init__(self, sentence: str) -> None:
        super().__init__(422, f"NeuralMaster: {sentence[:LONGEST]}")

    def __str__(self) -> str:
        return str(self.detail)


class _Refused(list[Image.Image]):
    """Init images that raise when the host iterates over them, which it does first."""

    def __init__(self, images: Sequence[Image.Image], sentence: str) -> None:
        super().__init__(images)
        self.sentence = sentence

    def __iter__(self) -> Iterator[Image.Image]:
        raise NeuralMasterError(self.sentence)


class RefusedOverlays(_Refused):
    """Overlays that also raise when indexed, which the host does to paste one."""

    def __getitem__(self, _: object) -> NoReturn:
        raise NeuralMasterError(self.sentence)


def refuse(p: Processing, sentence: str) -> None:
    """Makes the host stop this run with the sentence as its error, before it generates."""
    p.image_mask = None  # the host reads the mask first, and it may be the bad input
    p.init_images = _Refused(list(p.init_images), sentence)
