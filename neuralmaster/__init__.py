"""NeuralMaster fills the region to repaint with the colour of a chosen object.

`preprocess(image, mask)` is the whole job; `match(image, result, mask)` takes a model's tint out of
what it made. See docs/mask-format.md for the mask.
"""

from neuralmaster.masks import TwoChannelMask
from neuralmaster.matching import Matched, match
from neuralmaster.params import FillParams, SamplingParams
from neuralmaster.pipeline import Prepared, prepare, preprocess
from neuralmaster.request import Request

__version__ = "1.0.0"
__all__ = [
    "FillParams",
    "Matched",
    "Prepared",
    "Request",
    "SamplingParams",
    "TwoChannelMask",
    "__version__",
    "match",
    "prepare",
    "preprocess",
]
