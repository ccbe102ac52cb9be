"""The fill for tensors: BCHW floats in [0, 1], on any device.

The same job as that of `preprocess`. On a CPU it is that very job, picture by picture; on another
device torch does it there, as far as there is an implementation in torch (see device.can_fill).
This is the one package of the core that imports torch.
"""

from neuralmaster.tensors.batch import fill, prepare
from neuralmaster.tensors.job import PreparedBatch

__all__ = ["PreparedBatch", "fill", "prepare"]
