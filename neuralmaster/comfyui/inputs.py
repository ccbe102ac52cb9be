"""Descriptions of a node's inputs for ComfyUI, and the layouts of its tensors."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from neuralmaster.params import BY_POSITION, SEEDED, FillParams, specs

Input = tuple[Any, dict[str, Any]]
CATEGORY = "NeuralMaster"
# an object mask that is connected is used; without one the object is found
_DEFAULTS = {"source": "auto"}
_SEED = {
    "default": 0,
    "min": 0,
    "max": 2**64 - 1,
    "control_after_generate": False,  # a new seed would fill anew what does not depend on it
    "tooltip": f"of the random parts of a fill: {' and '.join(SEEDED)}",
}


def parameters() -> dict[str, Input]:
    """An input for each parameter of a fill, and for the seed."""
    order = [name for name in BY_POSITION if name in specs()]
    made = {name: parameter(name, FillParams) for name in order[:4]}
    made["seed"] = ("INT", _SEED)  # a saved workflow keeps widgets by position
    return made | {name: parameter(name, FillParams) for name in order[4:]}


def parameter(name: str, table: type) -> Input:
    """An input for one parameter of a table of them."""
    spec: Any = specs(table)[name]
    schema = spec.schema()
    more = {"default": getattr(table(), name), "tooltip": spec.help}
    if "enum" in schema:
        if _DEFAULTS.get(name) in schema["enum"]:
            more["default"] = _DEFAULTS[name]
        return schema["enum"], more
    if schema["type"] == "number":
        ends = {"min": schema["minimum"], "max": schema["maximum"]}
        return "FLOAT", {**more, **ends, "step": spec.step}
    return "STRING", more


def pictures(image: Tensor) -> Tensor:
    """An IMAGE as B x C x H x W; shares its memory."""
    if image.ndim != 4:
        shape = "x".join(map(str, image.shape))
        raise ValueError(f"image: expected BxHxWxC, got {shape}")
    return image.movedim(-1, 1)


def planes(mask: Tensor, image: Tensor) -> Tensor:
    """A MASK, of one picture or of several, as B x 1 x H x W on the device of an image."""
    return mask.reshape(-1, 1, *mask.shape[-2:]).to(image.device)


def image(pictures: Tensor) -> Tensor:
    """B x C x H x W as an IMAGE."""
    return pictures.movedim(1, -1)
