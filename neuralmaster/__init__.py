"""NeuralMaster fills the region to repaint with the colour of a chosen object.

`preprocess(image, mask)` is the whole job; see docs/mask-format.md for the mask.
"""

from neuralmaster.masks import TwoChannelMask
from neuralmaster.params import FillParams
from neuralmaster.preprocess import Prepared, preprocess

__version__ = "1.0.0"
__all__ = ["FillParams", "Prepared", "TwoChannelMask", "__version__", "preprocess"]
