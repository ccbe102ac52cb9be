"""The JSON of a job, and the parameters of the fill that a WebUI offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import png

NAME = "NeuralMaster"
FIXED = ("source", "object_mask")  # the mask's green is the object, always
SIDE = 8  # pixels: the sides of a result are multiples of this


@dataclass(frozen=True)
class Parameter:
    """A parameter of the fill, as `/neuralmaster/v1/info` describes it.

    kind: "choice", "number", "switch" or "text". choices: of a choice. low, high: of a number.
    """

    name: str
    kind: str
    label: str
    help: str
    default: Any
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0


def parameters(schema: object) -> list[Parameter]:
    """From the JSON Schema of the script's arguments; what is of no known kind is left out."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return []
    found = (
        _parameter(name, spec)
        for name, spec in properties.items()
        if name not in FIXED and _usable(name) and isinstance(spec, Mapping)
    )
    return [parameter for parameter in found if parameter]


def _usable(name: object) -> bool:
    """Whether a property in Blender can have this name."""
    return isinstance(name, str) and name.isidentifier() and not name.startswith("_")


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, (int, float)) else otherwise


def _parameter(name: str, spec: Mapping[str, Any]) -> Parameter | None:
    about = (str(spec.get("title", name)), str(spec.get("description", "")), spec.get("default"))
    choices, kind = spec.get("enum"), spec.get("type")
    if isinstance(choices, list) and choices and all(isinstance(one, str) for one in choices):
        default = about[2] if about[2] in choices else choices[0]
        return Parameter(name, "choice", *about[:2], default, tuple(choices))
    if kind in ("number", "integer"):
        low, high = _number(spec.get("minimum"), 0.0), _number(spec.get("maximum"), 1e6)
        return Parameter(name, "number", *about[:2], _number(about[2], low), (), low, high)
    if kind == "boolean":
        return Parameter(name, "switch", *about[:2], bool(about[2]))
    if kind == "string" and "contentEncoding" not in spec:
        return Parameter(name, "text", *about[:2], str(about[2] or ""))
    return None


@dataclass(frozen=True, eq=False)
class Control:
    """A ControlNet unit. picture: what it is to follow. model: its name. weight: 0..2."""

    picture: NDArray[np.uint8]
    model: str
    weight: float


def model_for(kind: str, models: Sequence[str]) -> str:
    """The first of ControlNet's models for "depth" or "normal"; "" if there is none."""
    return next((name for name in models if kind in name.lower()), "")


def img2img(
    picture: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    fields: Mapping[str, Any],
    arguments: Mapping[str, Any],
    controls: Sequence[Control] = (),
) -> dict[str, Any]:
    """The body for /sdapi/v1/img2img.

    picture, mask: HxWx3, rows from the bottom, the mask in two channels. fields: prompt, steps and
    what else the route takes. arguments: of the fill, by name; the others are the WebUI's settings.
    """
    height, width = picture.shape[:2]
    ours = {"enabled": True, "source": "green", **arguments}
    scripts: dict[str, Any] = {NAME: {"args": [ours]}}
    if controls:
        scripts["controlnet"] = {"args": [_unit(control) for control in controls]}
    return {
        **fields,
        "init_images": [png.in_base64(picture)],
        "mask": png.in_base64(mask),
        "width": width,
        "height": height,
        "inpainting_fill": 1,
        "inpaint_full_res": False,  # Whole picture
        "inpainting_mask_invert": 0,
        "mask_blur": 0,
        "resize_mode": 0,
        "alwayson_scripts": scripts,
    }


def _unit(control: Control) -> dict[str, Any]:
    return {
        "enabled": True,
        "image": png.in_base64(control.picture),
        "module": "none",
        "model": control.model,
        "weight": control.weight,
    }
