"""Nodes for ComfyUI: find the object, fill, match, and masks; see docs/comfyui.md.

An IMAGE is B x H x W x C and a MASK B x H x W, floats in [0, 1]; white marks in a mask. Nothing
here imports ComfyUI: a node is a class with the attributes that it reads.
"""

from neuralmaster.comfyui.fill import Fill
from neuralmaster.comfyui.masks import Compose, FindObject, Split
from neuralmaster.comfyui.match import Match

NODES = {
    "NeuralMasterFill": (Fill, "NeuralMaster Fill"),
    "NeuralMasterMatch": (Match, "Match Colours"),
    "NeuralMasterFindObject": (FindObject, "Find Object"),
    "NeuralMasterComposeMask": (Compose, "Compose Two-Channel Mask"),
    "NeuralMasterSplitMask": (Split, "Split Two-Channel Mask"),
}
NODE_CLASS_MAPPINGS: dict[str, type] = {name: node for name, (node, _) in NODES.items()}
NODE_DISPLAY_NAME_MAPPINGS = {name: label for name, (_, label) in NODES.items()}
