"""The infotext of a result, and how pasting it restores the job.

All keys are our own: a host without this extension ignores them, but fails on a value of its own
"Masked content" that it does not know.
"""

from __future__ import annotations

from collections.abc import Callable

from neuralmaster import __version__
from neuralmaster.fallbacks import Fallback
from neuralmaster.params import built_in
from neuralmaster.webui.arguments import Arguments
from neuralmaster.webui.masked_content import NAME

JOB = NAME  # marks a job of ours; the value is our version
NOTE = f"{NAME} note"
FALLBACK = f"{NAME} fallback"  # the value is that of a fallbacks.Cause
KEEP_GRADIENT = f"{NAME} keep gradient"  # in pictures made before there was `gradient`: blend
MASKED_CONTENT = "Masked content"
INIT_HASH = "Init image hash"  # the host's own; Forge Neo tells it only if it saved the images


def key(param: str) -> str:
    """The infotext key of a parameter."""
    return f"{NAME} {param}"


def keys_of(args: Arguments, notes: list[str], fallback: Fallback | None) -> dict[str, object]:
    """The keys of a job: the marker, parameters that differ from the defaults, and the outcome."""
    keys: dict[str, object] = {JOB: __version__}
    for name, default in built_in().items():
        value = args.value(name)
        if value != default:
            keys[key(name)] = value if isinstance(value, str) else f"{value:g}"
    if fallback:
        keys[FALLBACK] = fallback.cause.value
    if notes:
        keys[NOTE] = " ".join(notes)
    return keys


def with_note(params: dict[str, object], note: str) -> dict[str, object]:
    """A copy of the generation parameters of a job with one more note."""
    return {**params, NOTE: f"{params.get(NOTE, '')} {note}".strip()}


def with_hash(params: dict[str, object], init_hash: str | None) -> dict[str, object]:
    """A copy of the generation parameters with the hash of the init images, or without any."""
    others = {name: value for name, value in params.items() if name != INIT_HASH}
    return {**others, INIT_HASH: init_hash} if init_hash else others


def without_earlier(params: dict[str, object]) -> dict[str, object]:
    """A copy of the generation parameters without the keys of an earlier fill.

    The cells of an X/Y/Z plot share one dict, so it may hold our keys, "Masked content" and the
    hash of init images that we saved.
    """
    return {
        name: value
        for name, value in params.items()
        if name not in (MASKED_CONTENT, INIT_HASH) and name.partition(" ")[0] != NAME
    }


def on_pasted(_: str, params: dict[str, object]) -> None:
    """Called before the page pastes an infotext, but not for the API: sets Masked content."""
    if JOB in params:
        params[MASKED_CONTENT] = NAME


def enabled(params: dict[str, object]) -> bool:
    """Whether to set `enabled`: for an API call, which cannot set Masked content."""
    return JOB in params and params.get(MASKED_CONTENT) != NAME


def field(param: str) -> Callable[[dict[str, object]], object]:
    """A function that reads a parameter from an infotext; None if the job was not ours."""
    default = built_in()[param]

    def read(params: dict[str, object]) -> object:
        if JOB not in params:
            return None
        if param == "gradient" and str(params.get(KEEP_GRADIENT)) == "True":
            return "blend"
        return type(default)(params.get(key(param), default))

    return read


def chosen(params: dict[str, object]) -> str | None:
    """The value of Masked content, for a host that does not paste it (A1111 before 1.8)."""
    return NAME if JOB in params else None
