"""What a WebUI tells of a job, and what it gave in the end."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from neuralmaster import files
from neuralmaster.remote import answers

NOTE = "NeuralMaster note"  # in the infotext: what the extension has to say of a job
FALLBACK = "NeuralMaster fallback"  # in the infotext: why the image stayed as it was
_MOST_PICTURES = 1000  # more is no result, but a way to fill a disk
_LONGEST_TIME = 1e6  # seconds to go; more cannot be meant
_OWN = "force_task_id"  # a field of ours that not every WebUI knows, and none needs


@dataclass(frozen=True)
class Result:
    """What a job gave.

    pictures: files as the WebUI made them, PNG by its default. note: what the extension had to
    say, as "Original is used: …"; "" if nothing. fallback: whether the image stayed as it was.
    ignored: fields of the job it does not know.
    seconds: how long it took, the waiting in a queue as well.
    """

    pictures: list[bytes]
    seconds: float
    note: str = ""
    ignored: tuple[str, ...] = ()
    fallback: bool = False


@dataclass(frozen=True)
class Progress:
    """What a WebUI is doing. share: 0..1 of it is done. seconds: to go. ended: by a person."""

    share: float
    seconds: float
    ended: bool

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Progress | None:
        """Of what its progress route answered; None if that is something else."""
        share = answers.number(told.get("progress"), 1)
        seconds = answers.number(told.get("eta_relative"), _LONGEST_TIME)
        state = told.get("state")
        if share is None or seconds is None:
            return None
        flags = state if isinstance(state, dict) else {}
        return cls(share, seconds, bool(flags.get("interrupted") or flags.get("skipped")))


def result(answer: Mapping[str, Any], job: Mapping[str, Any], seconds: float) -> Result:
    """The result in what the img2img route answered. Raises ValueError if there is no picture."""
    given = answer.get("images")
    if not isinstance(given, list) or not given:
        raise ValueError("there is none in its answer")
    if len(given) > _MOST_PICTURES:
        raise ValueError(f"expected at most {_MOST_PICTURES}, got {len(given)}")
    pictures = [_picture(content) for content in given]
    told = answer.get("parameters")
    known = told if isinstance(told, dict) and told else job
    ignored = tuple(name for name in job if name not in known and name != _OWN)
    keys = _infotext_keys(answer)
    note = str(keys.get(NOTE, ""))
    return Result(pictures, seconds, note, ignored, bool(keys.get(FALLBACK)))


def _picture(content: Any) -> bytes:
    if not isinstance(content, str):
        raise ValueError("it is not in base64")
    picture = base64.b64decode(content)
    files.decoded(picture, "the result", formats=files.OF_THE_WEB)
    return picture


def _infotext_keys(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        keys = answers.parsed(answer["info"])["extra_generation_params"]
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}
    return keys if isinstance(keys, dict) else {}
