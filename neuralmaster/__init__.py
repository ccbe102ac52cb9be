"""NeuralMaster fills the region to repaint with the colour of a chosen object.

`preprocess(image, mask)` is the whole job; see docs/mask-format.md for the mask.
"""

from neuralmaster.masks import TwoChannelMask
from neuralmaster.params import FillParams
from neuralmaster.pipeline import Prepared, prepare, preprocess
from neuralmaster.request import Request

__version__ = "1.0.0"
__all__ = [
    "FillParams",
    "Prepared",
    "Request",
    "TwoChannelMask",
    "__version__",
    "prepare",
    "preprocess",
]
