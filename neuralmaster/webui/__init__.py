"""The extension inside a WebUI: the only package that imports the host's `modules`."""

from neuralmaster.webui.callbacks import register
from neuralmaster.webui.script import NeuralMasterScript

__all__ = ["NeuralMasterScript", "register"]
