"""Jobs that are refused: the host stops them, and the sentence is their error.

The host swallows what a hook raises and runs on. What it goes through itself it does not guard.
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
    """A job that is refused; status 422 for an API client, the sentence for a person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(422, f"NeuralMaster: {sentence[:LONGEST]}")

    def __str__(self) -> str:
        return str(self.detail)


class _Refused(list[Image.Image]):
    """Init images that cannot be gone through, which is the first that the host does."""

    def __init__(self, given: Sequence[Image.Image], sentence: str) -> None:
        super().__init__(given)
        self.sentence = sentence

    def __iter__(self) -> Iterator[Image.Image]:
        raise NeuralMasterError(self.sentence)


class RefusedOverlays(_Refused):
    """Overlays that cannot be taken out either, which the host does where it pastes them."""

    def __getitem__(self, _: object) -> NoReturn:
        raise NeuralMasterError(self.sentence)


def refuse(p: Processing, sentence: str) -> None:
    """Makes the host stop this run with the sentence as its error, before anything is made."""
    p.image_mask = None  # the host looks at it first, and it may be what is wrong
    p.init_images = _Refused(list(p.init_images), sentence)
