"""Matches what comes back from a model to the picture it was made from."""

from neuralmaster.matching.result import Matched, ObjectColours, corrected, levels_of, match
from neuralmaster.matching.seam import Unseen

__all__ = ["Matched", "ObjectColours", "Unseen", "corrected", "levels_of", "match"]
