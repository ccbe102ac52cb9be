"""NeuralMaster in a WebUI of the A1111 family; the rest is in the package `neuralmaster`."""

from neuralmaster.webui import NeuralMasterScript, register

register()

__all__ = ["NeuralMasterScript"]
