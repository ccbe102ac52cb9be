"""The extension inside a WebUI: the only room that imports the host's `modules`."""

from neuralmaster.webui.register import register
from neuralmaster.webui.script import NeuralMasterScript

__all__ = ["NeuralMasterScript", "register"]
