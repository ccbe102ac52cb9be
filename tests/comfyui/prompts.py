"""Prompts for ComfyUI's API."""

from __future__ import annotations

from typing import Any

from neuralmaster.params import FillParams, specs


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    """A node; an input that comes from another one is (its id, number of its output)."""
    return {
        "class_type": kind,
        "inputs": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in inputs.items()
        },
    }


def filled(image: str, mask: str, *, seed: int = 0, **params: Any) -> dict[str, Any]:
    """Loads an image and its two-channel mask, splits, fills, and saves all that comes out."""
    chosen = {name: getattr(FillParams(), name) for name in specs()} | params
    return {
        "image": node("LoadImage", image=image),
        "mask": node("LoadImage", image=mask),
        "split": node("NeuralMasterSplitMask", mask=("mask", 0)),
        "fill": node(
            "NeuralMasterFill",
            image=("image", 0),
            inpaint_mask=("split", 0),
            object_mask=("split", 1),
            seed=seed,
            **chosen,
        ),
        "save": node("SaveImage", images=("fill", 0), filename_prefix="filled"),
        "red": node("MaskToImage", mask=("fill", 1)),
        "save red": node("SaveImage", images=("red", 0), filename_prefix="red"),
        "note": node("PreviewAny", source=("fill", 2)),
    }
