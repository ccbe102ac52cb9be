"""Finders of the object in a picture: automatic ones, and those guided by a box or strokes.

Finders take a standard picture (see images.standard) and return a plane, HxW uint8, 255 = object,
or a Found, which also says by what it was found. They raise ValueError in one sentence if the
picture offers nothing to find it by. They are deterministic: the same picture, box and strokes,
and the same model, give the same plane.

A saliency model is used if a person has one; `models` says where it is looked for.
"""

from neuralmaster.making.finders.automatic import find
from neuralmaster.making.finders.guided import by_box, by_strokes, in_box, under_strokes
from neuralmaster.making.finders.table import NOTHING, Finder, Found, finder
from neuralmaster.making.finders.useful import cell, useful_object, useful_part

__all__ = [
    "FINDERS",
    "NOTHING",
    "Finder",
    "Found",
    "by_box",
    "by_strokes",
    "cell",
    "find",
    "in_box",
    "under_strokes",
    "useful_object",
    "useful_part",
]

FINDERS: dict[str, Finder] = finder.table(__name__, __path__)
