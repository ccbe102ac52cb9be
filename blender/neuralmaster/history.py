"""Undo for textures: Blender's undo restores properties of an image, but not its pixels.

Each projection gives the image a new revision, a property. When undo or redo changes that back,
the pixels that lie between the two revisions are exchanged.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import bpy
import numpy as np

from . import pictures
from .projection import Change
from .surface import Surface

MOST = 1 << 30  # bytes of changes that are remembered; larger undoes more, and takes more memory


@dataclass(frozen=True)
class _Step:
    """What turned one revision into the next: two states of the same texels."""

    image: int  # Blender's number of it in this session
    before: str
    after: str
    old: Change
    new: Change

    @property
    def size(self) -> int:
        return sum(
            c.colour.nbytes + c.quality.nbytes + c.texel.nbytes for c in (self.old, self.new)
        )


@dataclass
class _History:
    steps: list[_Step] = field(default_factory=list)
    shown: dict[int, str] = field(default_factory=dict)  # the revision of an image's pixels


_history = _History()


def forget() -> None:
    """For a new file: what was remembered is of other images."""
    _history.steps.clear()
    _history.shown.clear()


def apply(image: bpy.types.Image, surface: Surface, change: Change) -> None:
    """Writes a change, all of it or nothing, and remembers what was there."""
    of = change.texel
    old = Change(
        of, surface.texture.reshape(-1, 4)[of], surface.quality.ravel()[of], change.painted
    )
    changed = change.applied(surface)
    before, after = image.neuralmaster.revision, uuid.uuid4().hex
    pictures.keep(image, changed)
    image.neuralmaster.revision = after
    _history.shown[image.session_uid] = after
    _history.steps.append(_Step(image.session_uid, before, after, old, change))
    while len(_history.steps) > 1 and sum(step.size for step in _history.steps) > MOST:
        _history.steps.pop(0)


def follow() -> None:
    """After undo or redo: gives every image the pixels of its revision."""
    for image in bpy.data.images:
        shown = _history.shown.get(image.session_uid)
        wanted = image.neuralmaster.revision
        if shown is not None and shown != wanted:
            path = _path(image.session_uid, shown, wanted)
            if path:
                _walk(image, path)
                _history.shown[image.session_uid] = wanted


def _path(image: int, start: str, end: str) -> list[Change]:
    """The changes from one revision to another, back or forth; empty if not remembered."""
    steps = [step for step in _history.steps if step.image == image]
    for key, next_one, part in (("after", "before", "old"), ("before", "after", "new")):
        by = {getattr(step, key): step for step in steps}
        at, path = start, []
        while at != end and at in by:
            path.append(getattr(by[at], part))
            at = getattr(by[at], next_one)
        if at == end:
            return path
    return []


def _walk(image: bpy.types.Image, path: list[Change]) -> None:
    surface = pictures.surface(image)
    for change in path:
        surface = change.applied(surface)
    pictures.keep(image, surface)


def revert(image: bpy.types.Image) -> bool:
    """Takes the image's last projection back, for scripts; whether there was one."""
    revision = image.neuralmaster.revision
    for step in reversed(_history.steps):
        if step.image == image.session_uid and step.after == revision:
            _walk(image, [step.old])
            image.neuralmaster.revision = step.before
            _history.shown[step.image] = step.before
            return True
    return False


def total() -> int:
    """Bytes that are remembered."""
    return int(np.sum([step.size for step in _history.steps], dtype=np.int64))
