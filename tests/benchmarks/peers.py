"""Fills that the benchmark of texture compares: ours, the WebUI's, and other libraries'.

Each takes a Case and gives the whole picture; only what lies in the case's hole counts.
PyPatchMatch is the package pypatchmatch of PyPI, kept to the object by its global mask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import restoration

from neuralmaster import images
from neuralmaster.fills import FILLS, Scene
from neuralmaster.fills.blend import blend_in
from neuralmaster.fills.grain import grain
from neuralmaster.masks import TwoChannelMask
from neuralmaster.sheet import host_fill
from tests.benchmarks import quality

Array = NDArray[np.float32]
Levels = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """A region of an object: truth and spoilt picture HxWx3, source HxW 0 or 255, red [0, 1]."""

    truth: Levels
    spoilt: Levels
    source: Levels
    red: Array

    @property
    def hole(self) -> NDArray[np.bool_]:
        return (self.red >= 0.5) & (self.source > 0)

    @property
    def scene(self) -> Scene:
        levels = images.to_levels(self.red)
        # red is at least half in the hole and nowhere else, also after rounding
        levels = np.where(self.red >= 0.5, np.maximum(levels, 128), np.minimum(levels, 127))
        return Scene(Image.fromarray(self.spoilt), TwoChannelMask(np.uint8(levels), self.source))


def ours(name: str) -> Callable[[Case], Levels]:
    def fill(case: Case) -> Levels:
        return np.uint8(np.rint(quality.drawn(FILLS[name](case.scene), case.scene) * 255))

    return fill


def grainy(case: Case) -> Levels:
    """`context` with full grain over it, as blending has it where the weight is 1."""
    scene = case.scene
    made = FILLS["context"](scene)
    picture = scene.picture.copy()
    red = np.where(case.hole, 255, scene.mask.inpaint).astype(np.uint8)
    blend_in(
        picture,
        made,
        replace(scene.mask, inpaint=red),
        scene.object,
        grain(scene, made.cells, 1.0, 0),
    )
    return np.asarray(picture)


def webui(case: Case) -> Levels:
    scene = case.scene
    return np.asarray(host_fill(scene.picture, Image.fromarray(scene.mask.inpaint)))


def opencv(method: int) -> Callable[[Case], Levels]:
    return lambda case: cv2.inpaint(case.spoilt, np.uint8(case.hole) * 255, 3, method)


def biharmonic(case: Case) -> Levels:
    filled = restoration.inpaint_biharmonic(case.spoilt, case.hole, channel_axis=-1)
    return np.uint8(np.rint(np.clip(filled, 0, 1) * 255))


def patch_match(case: Case) -> Levels:
    from patchmatch import patch_match as peer  # noqa: PLC0415 - it need not be installed

    peer.set_random_seed(0)
    outside = np.where(case.source > 0, 0, 255).astype(np.uint8)
    hole = np.uint8(case.hole) * 255
    return peer.inpaint(case.spoilt, hole, global_mask=outside, patch_size=3)


MAKERS: dict[str, Callable[[Case], Levels]] = {
    **{name: ours(name) for name in ("texture", "context") if name in FILLS},
    "context, grain": grainy,
    "WebUI's fill": webui,
    "Telea": opencv(cv2.INPAINT_TELEA),
    "Navier-Stokes": opencv(cv2.INPAINT_NS),
    "biharmonic": biharmonic,
    **({"PyPatchMatch": patch_match} if find_spec("patchmatch") else {}),
}


def cases(trial: quality.Trial, name: str, degree: str) -> Iterator[Case]:
    """The regions of one object that quality.py has."""
    file, box = trial.objects[name]
    image = quality.photo(file, trial.side)
    source = quality.cut_out(image, box)
    for k, red in enumerate(quality.regions(source, np.random.default_rng(trial.seed), trial.ramp)):
        reach = quality.DEGREES[degree]
        yield Case(image, quality.spoilt(image, red, reach, k, trial.smear), source, red)
