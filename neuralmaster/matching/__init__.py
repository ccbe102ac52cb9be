"""Matches what comes back from a model to the picture it was made from."""

from neuralmaster.matching.result import (
    Matched,
    ObjectColours,
    corrected,
    levels_of,
    match,
    match_request,
)

__all__ = ["Matched", "ObjectColours", "corrected", "levels_of", "match", "match_request"]
