"""NeuralMaster in a WebUI of the A1111 family; everything else is in the package beside."""

from neuralmaster.webui import NeuralMasterScript, register

register()

__all__ = ["NeuralMasterScript"]
