"""The script's arguments, as the page or an API call sends them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from neuralmaster import files
from neuralmaster.params import FillParams, specs

ENABLED, OBJECT_MASK = "enabled", "object_mask"
# by position; never reorder, only add at the end
NAMES = (ENABLED, "method", "source", "feather", OBJECT_MASK, "grain")


@dataclass(frozen=True)
class Arguments:
    """What a job asks for. object_mask: marks the useful object in white, or None."""

    enabled: bool = False
    params: FillParams = field(default_factory=FillParams)
    object_mask: Image.Image | None = None


def asks_by_name(given: Sequence[Any]) -> bool:
    """Whether arguments ask for the fill whatever Masked content says; never raises."""
    if not given:
        return False
    first = given[0]
    return bool(first.get(ENABLED, True)) if isinstance(first, dict) else first is True


def with_value(given: Sequence[Any], name: str, value: Any) -> list[Any]:
    """The same arguments with another value for one of them."""
    if given and isinstance(given[0], dict):
        return [{**given[0], name: value}, *given[1:]]
    return [value if known == name else old for known, old in zip(NAMES, given, strict=False)]


def put(p: Any, script: Any, given: Sequence[Any]) -> None:
    """Gives `p` new arguments for a script, in a copy: copies of `p` share the old ones."""
    of_all = list(p.script_args)
    of_all[script.args_from : script.args_to] = given
    p.script_args = type(p.script_args)(of_all)


def parse(given: Sequence[Any], megapixels: float = files.MEGAPIXELS) -> Arguments:
    """Reads arguments by position, or a dict of them by name in the first place.

    Raises ValueError in one sentence for an unknown name, a wrong type, a value out of range
    and an object mask that cannot be decoded or has more than so many megapixels.
    """
    if given and isinstance(given[0], dict):
        named = {ENABLED: True, **given[0]}
    else:
        named = dict(zip(NAMES, given, strict=False))
    unknown = [name for name in named if name not in NAMES]
    if unknown:
        raise ValueError(f"expected {', '.join(NAMES)}, got {', '.join(map(repr, unknown))}")
    enabled = named.get(ENABLED, False)
    if not isinstance(enabled, bool):
        raise ValueError(f"{ENABLED}: expected true or false, got {enabled!r}")
    params = FillParams(**{name: named[name] for name in specs() if name in named})
    return Arguments(enabled, params, _decoded(named.get(OBJECT_MASK), megapixels))


def _decoded(value: Any, megapixels: float) -> Image.Image | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError(f"{OBJECT_MASK}: expected a picture in base64, got {type(value).__name__}")
    _, _, data = value.rpartition(",")  # "data:image/png;base64,…", or the base64 alone
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{OBJECT_MASK}: expected a picture in base64, got other text") from error
    return files.decoded(content, OBJECT_MASK, megapixels)
