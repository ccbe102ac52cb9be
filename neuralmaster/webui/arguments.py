"""The script's arguments, from the page or from an API call."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from neuralmaster import files
from neuralmaster.fills.progress import Progress
from neuralmaster.params import BY_POSITION, Choice, FillParams, SamplingParams, all_specs, specs
from neuralmaster.pipeline import Prepared, prepare
from neuralmaster.request import Request

if TYPE_CHECKING:
    from modules.scripts import Script
ScriptArgs = list[object] | tuple[object, ...]  # p.script_args: those of all scripts

ENABLED, SOURCE, OBJECT_MASK = "enabled", "source", "object_mask"
MASK = "mask"  # the mask before the page of the host thresholds it; see hosts.hard_masks
UPLOAD = "upload"  # the source of the useful object that is an object mask
NAMES = (  # by position
    *(ENABLED, *BY_POSITION[:3], OBJECT_MASK, BY_POSITION[3], MASK),
    *BY_POSITION[4:],
)
OF_CLIENTS = tuple(name for name in NAMES if name != MASK)


@dataclass(frozen=True)
class Arguments:
    """The parsed arguments of a job.

    params: of the fill. sampling: of what follows it.
    object_mask: a picture with the useful object in white, or None. mask: the content of the
    page's mask upload, whichever tab the job comes from, or None.
    """

    params: FillParams = field(default_factory=FillParams)
    sampling: SamplingParams = field(default_factory=SamplingParams)
    object_mask: Image.Image | None = None
    mask: Image.Image | None = None

    @property
    def source(self) -> str:
        """The source of the useful object, "upload" for an object mask."""
        return UPLOAD if self.object_mask else self.params.source

    def value(self, name: str) -> object:
        """The value of a parameter of any table, as a client would send it."""
        if name == SOURCE:
            return self.source
        return getattr(self.params if name in specs() else self.sampling, name)

    def prepare(
        self,
        image: Image.Image,
        mask: Image.Image,
        *,
        invert: bool,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> Prepared:
        """Fills an image with these parameters; see pipeline.prepare."""
        request = Request(image, mask, self.object_mask, self.params, invert, seed)
        return prepare(request, progress)


def asks_by_name(args: Sequence[object]) -> bool:
    """Whether the arguments enable the fill regardless of Masked content; never raises."""
    if not args:
        return False
    first = args[0]
    return bool(first.get(ENABLED, True)) if isinstance(first, dict) else first is True


def with_value(args: Sequence[object], name: str, value: object) -> list[object]:
    """A copy of the arguments with one value replaced."""
    if args and isinstance(args[0], dict):
        return [{**args[0], name: value}, *args[1:]]
    return [value if known == name else old for known, old in zip(NAMES, args, strict=False)]


def switched_off(args: Sequence[object]) -> list[object]:
    """A copy of the arguments, disabled and without pictures: plain JSON values only."""
    off = with_value(args, ENABLED, False)
    return ["" if isinstance(value, Image.Image) else value for value in off]


def of_script(args: ScriptArgs, script: Script) -> ScriptArgs:
    """The arguments of one script out of those of all scripts."""
    return args[script.args_from : script.args_to]


def replaced(args: ScriptArgs, script: Script, new: Sequence[object]) -> ScriptArgs:
    """A copy of all scripts' arguments with those of one script replaced."""
    copy = list(args)
    copy[script.args_from : script.args_to] = new
    return type(args)(copy)


def sources() -> list[str]:
    """The sources of the useful object; the last is the object mask."""
    spec = specs()[SOURCE]
    assert isinstance(spec, Choice)
    return [*spec.names, UPLOAD]


def schema(defaults: Mapping[str, object]) -> dict[str, object]:
    """The named arguments of `parse` except `enabled`, as JSON Schema."""
    properties: dict[str, dict[str, object]] = {
        name: {
            **spec.schema(),
            "title": spec.label,
            "description": spec.help,
            "default": defaults[name],
        }
        for name, spec in all_specs().items()
    }
    properties[SOURCE]["enum"] = sources()
    properties[OBJECT_MASK] = {
        "type": "string",
        "contentEncoding": "base64",
        "title": "Object mask",
        "description": "a picture that marks the useful object in white, in base64 or as a data "
        f"URL; with it, source is {UPLOAD}",
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def parse(
    args: Sequence[object],
    defaults: Mapping[str, object] | None = None,
    megapixels: float = files.MEGAPIXELS,
) -> Arguments:
    """Parses arguments by position, or by name if the first is a dict.

    defaults: the values of parameters that are missing or None. If there is an object mask but no
    source, the object mask is the source. Raises ValueError in one sentence for an unknown name, a
    wrong type, a value out of range, an object mask that cannot be decoded or has more than
    `megapixels`, that is missing, or, by name, that comes with another source.
    """
    first = args[0] if args else None
    by_name = isinstance(first, dict)
    named: dict[str, object] = dict(zip(NAMES, args, strict=False))
    if isinstance(first, dict):
        named = {ENABLED: True, **first}
    unknown = [name for name in named if name not in (OF_CLIENTS if by_name else NAMES)]
    if unknown:
        raise ValueError(f"expected {', '.join(OF_CLIENTS)}, got {', '.join(map(repr, unknown))}")
    if not isinstance(enabled := named.get(ENABLED, False), bool):
        raise ValueError(f"{ENABLED}: expected true or false, got {enabled!r}")
    page_mask = named.get(MASK) or None
    if not isinstance(page_mask, Image.Image | None):
        raise ValueError(f"{MASK}: expected none from a client, whose mask is the job's own")
    sent, source = named.get(OBJECT_MASK), named.get(SOURCE)
    uploaded = source == UPLOAD or (source is None and bool(sent))
    if by_name and sent and not uploaded:  # the page always sends it by position
        raise ValueError(
            f"{OBJECT_MASK}: expected it only with source {UPLOAD!r}, got source {source!r}"
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
    chosen = {name: named[name] for name in all_specs() if named.get(name) is not None}
    values = {**(defaults or {}), **chosen}
    params = FillParams(**_of(FillParams, values))  # type: ignore[arg-type] # it checks them
    sampling = SamplingParams(**_of(SamplingParams, values))  # type: ignore[arg-type] # likewise
    return Arguments(params, sampling, object_mask, page_mask)


def _of(table: type, values: Mapping[str, object]) -> dict[str, object]:
    return {name: values[name] for name in specs(table) if name in values}


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
