"""Why an image stays as it is ("Original"): a cause for programs, a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from neuralmaster.images import LEVELS


class Cause(Enum):
    """Why an image stays as it is."""

    RED_FLAT = "red-flat"
    GREEN_FLAT = "green-flat"
    CHANNELS_MATCH = "channels-match"
    NO_TRANSPARENCY = "no-transparency"
    NO_CONTEXT = "no-context"
    NOT_FOUND = "not-found"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Fallback:
    """The image stays as it is. cause: why, for programs; sentence: the same, for people."""

    cause: Cause
    sentence: str


CHANNELS_MATCH = Fallback(
    Cause.CHANNELS_MATCH,
    "Original is used: the mask's red and green channels match, so they do not tell the useful "
    "object from the area to repaint; mark the object in green, or choose another source for it, "
    "such as auto.",
)
NO_TRANSPARENCY = Fallback(
    Cause.NO_TRANSPARENCY,
    "Original is used: the image has no transparency that could show the useful object; "
    "mark the object in the mask's green channel, or choose another source for it.",
)
NO_CONTEXT = Fallback(
    Cause.NO_CONTEXT,
    "Original is used: no useful object lies outside the area to repaint, so there is no colour "
    "to fill with; mark more of the object in green, or repaint less of it.",
)
NOT_FOUND = Fallback(
    Cause.NOT_FOUND,
    "Original is used: no useful object was found in the image; mark it in green, or choose "
    "another source for it.",
)
STOPPED = Fallback(
    Cause.STOPPED,
    "Original is used: the job was stopped while the image was being filled; "
    "start it again to fill the image.",
)
_CHANNELS = {
    Cause.RED_FLAT: ("red", "the area to repaint"),
    Cause.GREEN_FLAT: ("green", "the useful object"),
}


def flat(cause: Cause, low: int, high: int) -> Fallback:
    """The fallback for a flat channel. cause: RED_FLAT or GREEN_FLAT; low, high: its levels."""
    channel, meaning = _CHANNELS[cause]
    otherwise = ", or choose another source for it, such as auto" * (cause is Cause.GREEN_FLAT)
    return Fallback(
        cause,
        f"Original is used: the mask's {channel} channel is flat (levels {low} to {high} of "
        f"{LEVELS}) and does not mark {meaning}; paint {meaning} in {channel}{otherwise}.",
    )
