"""The progress and the result of a job, from the WebUI's answers."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from neuralmaster import files
from neuralmaster.remote import answers

NOTE = "NeuralMaster note"  # the infotext key of the extension's notes
FALLBACK = "NeuralMaster fallback"  # the infotext key of the cause of a fallback
_MOST_PICTURES = 1000  # of one job; larger lets a faulty server fill the disk
_LONGEST_TIME = 1e6  # seconds left; larger is no estimate
_OWN = "force_task_id"  # a field of ours that not every WebUI knows, and none needs


@dataclass(frozen=True)
class Result:
    """The result of a job.

    pictures: files as the WebUI wrote them, PNG by default. note: the extension's notes, such as
    "Original is used: …", or "". fallback: whether the image stayed as it was. ignored: fields of
    the job that the WebUI does not know. seconds: how long it took, time in a queue included.
    """

    pictures: list[bytes]
    seconds: float
    note: str = ""
    ignored: tuple[str, ...] = ()
    fallback: bool = False


@dataclass(frozen=True)
class Progress:
    """Progress of a WebUI. share: done, 0..1. seconds: left. ended: interrupted by somebody."""

    share: float
    seconds: float
    ended: bool

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Progress | None:
        """From the answer of the progress route; None if that is malformed."""
        share = answers.number(answer.get("progress"), 1)
        seconds = answers.number(answer.get("eta_relative"), _LONGEST_TIME)
        state = answer.get("state")
        if share is None or seconds is None:
            return None
        flags = state if isinstance(state, dict) else {}
        return cls(share, seconds, bool(flags.get("interrupted") or flags.get("skipped")))


def result(answer: Mapping[str, Any], job: Mapping[str, Any], seconds: float) -> Result:
    """The result from the answer of the img2img route. Raises ValueError if it has no picture."""
    contents = answer.get("images")
    if not isinstance(contents, list) or not contents:
        raise ValueError("there is none in its answer")
    if len(contents) > _MOST_PICTURES:
        raise ValueError(f"expected at most {_MOST_PICTURES}, got {len(contents)}")
    pictures = [_picture(content) for content in contents]
    parameters = answer.get("parameters")
    known = parameters if isinstance(parameters, dict) and parameters else job
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
