"""The script's arguments, as the page or an API call sends them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from neuralmaster import files
from neuralmaster.params import Choice, FillParams, specs
from neuralmaster.pipeline import Prepared, prepare
from neuralmaster.request import Request

if TYPE_CHECKING:
    from modules.scripts import Script
ScriptArgs = list[object] | tuple[object, ...]  # of all scripts, as they lie on `p`

ENABLED, SOURCE, OBJECT_MASK = "enabled", "source", "object_mask"
MASK = "mask"  # the uploaded mask as it was, from the page of a host that makes it hard
UPLOAD = "upload"  # one more source of the useful object: the object mask
# By position, which never changes: what was there first, then every later parameter of the table.
_FIRST = (ENABLED, "method", SOURCE, "feather", OBJECT_MASK, "grain", MASK)
NAMES = (*_FIRST, *(name for name in specs() if name not in _FIRST))
OF_CLIENTS = tuple(name for name in NAMES if name != MASK)


@dataclass(frozen=True)
class Arguments:
    """What a job asks for.

    object_mask: marks the useful object in white, or None. mask: what the page holds as the
    uploaded mask, whichever tab the job is of, or None.
    """

    enabled: bool = False
    params: FillParams = field(default_factory=FillParams)
    object_mask: Image.Image | None = None
    mask: Image.Image | None = None

    @property
    def source(self) -> str:
        """Where the useful object comes from, as it was asked for."""
        return UPLOAD if self.object_mask else self.params.source

    def prepare(
        self, image: Image.Image, mask: Image.Image, *, invert: bool, seed: int = 0
    ) -> Prepared:
        """Fills an image as the job asks; see pipeline.prepare."""
        return prepare(Request(image, mask, self.object_mask, self.params, invert, seed))


def asks_by_name(given: Sequence[object]) -> bool:
    """Whether arguments ask for the fill whatever Masked content says; never raises."""
    if not given:
        return False
    first = given[0]
    return bool(first.get(ENABLED, True)) if isinstance(first, dict) else first is True


def with_value(given: Sequence[object], name: str, value: object) -> list[object]:
    """The same arguments with another value for one of them."""
    if given and isinstance(given[0], dict):
        return [{**given[0], name: value}, *given[1:]]
    return [value if known == name else old for known, old in zip(NAMES, given, strict=False)]


def switched_off(given: Sequence[object]) -> list[object]:
    """The same arguments for those who get `p` with the fill in it; plain JSON values alone."""
    off = with_value(given, ENABLED, False)
    return ["" if isinstance(value, Image.Image) else value for value in off]


def of_script(given: ScriptArgs, script: Script) -> ScriptArgs:
    """Those of all scripts' arguments that are one script's."""
    return given[script.args_from : script.args_to]


def replaced(given: ScriptArgs, script: Script, new: Sequence[object]) -> ScriptArgs:
    """All scripts' arguments with new ones of one script; a copy, for copies of `p` share them."""
    of_all = list(given)
    of_all[script.args_from : script.args_to] = new
    return type(given)(of_all)


def sources() -> list[str]:
    """Where the useful object can come from; the last is the object mask."""
    spec = specs()[SOURCE]
    assert isinstance(spec, Choice)
    return [*spec.names, UPLOAD]


def schema(defaults: Mapping[str, object]) -> dict[str, object]:
    """What `parse` takes by name, but `enabled`, as JSON Schema."""
    known: dict[str, dict[str, object]] = {
        name: {
            **spec.schema(),
            "title": spec.label,
            "description": spec.help,
            "default": defaults[name],
        }
        for name, spec in specs().items()
    }
    known[SOURCE]["enum"] = sources()
    known[OBJECT_MASK] = {
        "type": "string",
        "contentEncoding": "base64",
        "title": "Object mask",
        "description": "a picture that marks the useful object in white, in base64 or as a data "
        f"URL; with it, source is {UPLOAD}",
    }
    return {"type": "object", "properties": known, "additionalProperties": False}


def parse(
    given: Sequence[object],
    defaults: Mapping[str, object] | None = None,
    megapixels: float = files.MEGAPIXELS,
) -> Arguments:
    """Reads arguments by position, or a dict of them by name in the first place.

    defaults: what a parameter is that is not given or None. Without a source, an object mask
    is the source. Raises ValueError in one sentence for an unknown name, a wrong type, a value
    out of range, an object mask that cannot be decoded or has more than so many megapixels, and
    one that is missing or, by name, not to be used.
    """
    first = given[0] if given else None
    by_name = isinstance(first, dict)
    named: dict[str, object] = dict(zip(NAMES, given, strict=False))
    if isinstance(first, dict):
        named = {ENABLED: True, **first}
    unknown = [name for name in named if name not in (OF_CLIENTS if by_name else NAMES)]
    if unknown:
        raise ValueError(f"expected {', '.join(OF_CLIENTS)}, got {', '.join(map(repr, unknown))}")
    enabled = named.get(ENABLED, False)
    if not isinstance(enabled, bool):
        raise ValueError(f"{ENABLED}: expected true or false, got {enabled!r}")
    of_page = named.get(MASK) or None
    if not isinstance(of_page, Image.Image | None):
        raise ValueError(f"{MASK}: expected none of a client, whose mask is the job's own")
    sent, source = named.get(OBJECT_MASK), named.get(SOURCE)
    uploaded = source == UPLOAD or (source is None and bool(sent))
    if by_name and sent and not uploaded:  # the page sends it by position, wanted or not
        raise ValueError(
            f"{OBJECT_MASK}: expected it with source {UPLOAD!r} alone, got source {source!r}"
        )
    object_mask = None
    if uploaded:
        named[SOURCE] = "green"
        if not sent:
            raise ValueError(
                f"{OBJECT_MASK}: expected a picture of the useful object, got none; upload one, "
                "or choose another source for the object"
            )
        object_mask = picture(sent, OBJECT_MASK, megapixels)
    asked = {name: named[name] for name in specs() if named.get(name) is not None}
    params = FillParams(**{**(defaults or {}), **asked})  # type: ignore[arg-type] # it checks them
    return Arguments(enabled, params, object_mask, of_page)


def picture(value: object, name: str, megapixels: float = files.MEGAPIXELS) -> Image.Image:
    """Decodes a picture from base64 or a data URL. Raises ValueError in one sentence."""
    if not isinstance(value, str):
        raise ValueError(f"{name}: expected a picture in base64, got {type(value).__name__}")
    _, _, data = value.rpartition(",")  # "data:image/png;base64,…", or the base64 alone
    try:
        content = base64.b64decode(data, validate=True)
    except ValueError as error:
        raise ValueError(f"{name}: expected a picture in base64, got other text") from error
    return files.decoded(content, name, megapixels, files.OF_THE_WEB)
