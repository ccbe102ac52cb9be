"""The object that stands out in a picture, or in a part of it, by a saliency model.

The model's map is sure of most pixels; GrabCut decides on those in between, as with a trimap
(Rother et al., GrabCut, 2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from neuralmaster.images import Box, Floats, Plane
from neuralmaster.making.finders.part import Part, without_crumbs
from neuralmaster.making.finders.saliency import saliency
from neuralmaster.making.finders.table import NOTHING, finder

SIDE = 320  # pixels of the copy: what U2-Net sees
CERTAIN = 0.95  # of a map's 0..1, and 1 less this: what is sure; larger leaves more to GrabCut
BAND = 5  # cells around what is sure that are not; larger leaves more to GrabCut
NO_MODEL = (
    "expected a saliency model such as u2netp.onnx, got none; put one into ~/.u2net, or name its "
    "file in NEURALMASTER_MODEL"
)


@dataclass(frozen=True, eq=False)
class Standout:
    """What stands out in a part of a picture: a map of its small copy, 0..1. by: a phrase."""

    part: Part
    map: Floats
    by: str

    def mask(self, within: Plane | None = None) -> Plane:
        """The object in the small copy, 1 = object; all 0 if nothing stands out.

        within: h x w, 0 = surely no object.
        """
        marks = np.where(self.map > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
        square = np.ones((BAND, BAND), np.uint8)
        for sure, kind in (
            (self.map > CERTAIN, cv2.GC_FGD),
            (self.map < 1 - CERTAIN, cv2.GC_BGD),
        ):
            marks[cv2.erode(sure.astype(np.uint8), square) > 0] = kind
        if within is not None:
            marks[within == 0] = cv2.GC_BGD
        if not (marks & 1).any():
            return np.zeros_like(marks)
        return without_crumbs(self.part.cut(marks))


def standout(picture: Image.Image, area: Box) -> Standout | None:
    """What stands out in an area of a picture; None without a model.

    Raises ModelError, a ValueError, if there is a model that cannot be used.
    """
    part = Part(picture, area, side=SIDE)
    result = saliency(part.large)
    if result is None:
        return None
    shown, name = result
    shown = cv2.resize(shown, part.size, interpolation=cv2.INTER_LINEAR)
    return Standout(part, shown.reshape(part.size[::-1]), f"the model {name}")


@finder("model", label="By model", help="what stands out, by a saliency model's file", rank=5)
def by_model(picture: Image.Image) -> Plane:
    """What stands out in the picture. Raises ValueError without a model, and if nothing does."""
    found = standout(picture, (0, 0, *picture.size))
    if found is None:
        raise ValueError(NO_MODEL)
    mask = found.mask()
    if not mask.any():
        raise ValueError(NOTHING)
    return found.part.refined(mask)
