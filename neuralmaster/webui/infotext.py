"""What is written into a finished picture, and how it brings the job back.

Keys of our own only: a host without this extension leaves them alone, but would stumble over a
foreign value of its own "Masked content".
"""

from __future__ import annotations

from collections.abc import Callable

from neuralmaster import __version__
from neuralmaster.masks import Fallback
from neuralmaster.params import FillParams, specs
from neuralmaster.webui.arguments import SOURCE, Arguments
from neuralmaster.webui.masked_content import NAME

JOB = NAME  # its value is our version
NOTE = f"{NAME} note"
FALLBACK = f"{NAME} fallback"  # its value is a masks.Cause
KEEP_GRADIENT = f"{NAME} keep gradient"  # the host turns it into an override of its setting
MASKED_CONTENT = "Masked content"


def key(param: str) -> str:
    """The infotext key of a parameter."""
    return f"{NAME} {param}"


def written(
    asked: Arguments, notes: list[str], fallback: Fallback | None, *, keep_gradient: bool
) -> dict[str, object]:
    """The keys of a job: that it is one, what differs from the defaults, and what became of it."""
    default = FillParams()
    keys: dict[str, object] = {JOB: __version__}
    for name in specs():
        value = asked.source if name == SOURCE else getattr(asked.params, name)
        if value != getattr(default, name):
            keys[key(name)] = value if isinstance(value, str) else f"{value:g}"
    if keep_gradient:
        keys[KEEP_GRADIENT] = True
    if fallback:
        keys[FALLBACK] = fallback.cause.value
    if notes:
        keys[NOTE] = " ".join(notes)
    return keys


def without_earlier(params: dict[str, object]) -> dict[str, object]:
    """The same generation parameters without what an earlier job on them said of its fill.

    That is our own keys, and the host's: the cells of an X/Y/Z plot share one dict.
    """
    return {
        name: value
        for name, value in params.items()
        if name != MASKED_CONTENT and name.partition(" ")[0] != NAME
    }


def on_pasted(_: str, params: dict[str, object]) -> None:
    """Called by the host's page, not by its API, before an infotext is pasted: sets the radio."""
    if JOB in params:
        params[MASKED_CONTENT] = NAME


def enabled(params: dict[str, object]) -> bool:
    """Whether the job is to be asked for by name: by an API call, which cannot set the radio."""
    return JOB in params and params.get(MASKED_CONTENT) != NAME


def field(param: str) -> Callable[[dict[str, object]], object]:
    """Reads a parameter back; its default if the job had that; None for a job of another kind."""
    default = getattr(FillParams(), param)

    def read(params: dict[str, object]) -> object:
        return type(default)(params.get(key(param), default)) if JOB in params else None

    return read


def chosen(params: dict[str, object]) -> str | None:
    """What to set the radio to on a host that does not do so itself (before 1.8)."""
    return NAME if JOB in params else None
