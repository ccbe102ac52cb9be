"""Untrusted text and JSON from a server: parsed within limits, shown without the login."""

from __future__ import annotations

import base64
import json
import math
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any

LONGEST = 400  # characters of a server's text in a message; larger fills the terminal
HIDDEN = "***"  # in place of a login
_VALUES = 1_000_000  # values in a JSON text; larger takes more memory, far more than the text
_LEVELS = 64  # of nesting; larger overflows Python's stack when compared or printed
_LONGEST_INT = 300  # digits; larger is beyond any float
_SHORT = 4  # characters: a shorter password is hidden as a whole word only


def parsed(text: bytes | str) -> Any:
    """The value of a JSON text. Raises ValueError if it is not JSON or exceeds a limit."""
    comma, opening = (b",", (b"[", b"{")) if isinstance(text, bytes) else (",", ("[", "{"))
    if sum(text.count(mark) for mark in (comma, *opening)) > _VALUES:
        raise ValueError("too many values")
    try:
        value = json.loads(text, parse_int=_int)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    check_depth(value)
    return value


def check_depth(value: Any, levels: int = _LEVELS) -> None:
    """Raises ValueError if lists and objects are nested deeper than `levels`."""
    layer = [value]
    for _ in range(levels + 1):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return
    raise ValueError("nested too deeply")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _int(digits: str) -> float:
    if len(digits) <= _LONGEST_INT:
        return int(digits)
    return -math.inf if digits.startswith("-") else math.inf


def number(value: Any, most: float) -> float | None:
    """The value clipped to 0..`most`; None if it is not a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        return None
    return float(min(max(value, 0), most))


def shown(text: object, login: str = "", longest: int = LONGEST) -> str:
    """A server's text in one line, safe for a terminal: no control characters, no login.

    login: "user:password", hidden whether plain, percent-encoded, in JSON or in base64.
    """
    line = _hidden(str(text), login)
    line = "".join(char if char.isprintable() else " " for char in line)
    line = _hidden(" ".join(line.split()), login)
    return line if len(line) <= longest else line[:longest] + " …"


def _hidden(text: str, login: str) -> str:
    for form in _forms(login):
        text = re.sub(form, HIDDEN, text)
    return text


def _forms(login: str) -> Iterator[str]:
    if not login:
        return
    password = login.partition(":")[2]
    encoded = base64.b64encode(login.encode()).decode().rstrip("=")
    yield re.escape(encoded) + "=*"
    for plain in (login, password):
        for written in {plain, urllib.parse.quote(plain, safe=""), json.dumps(plain)[1:-1]} - {""}:
            alone = r"(?<!\w){}(?!\w)" if len(written) < _SHORT else "{}"
            yield alone.format(re.escape(written))


def detail(content: Any, reason: str) -> str:
    """The message in the JSON of a refusal. reason: HTTP's, returned if there is none."""
    if not isinstance(content, dict):
        return reason
    message = content.get("detail") or content.get("errors") or content.get("error") or reason
    if isinstance(message, list):  # FastAPI's: [{"loc": ["body", "steps"], "msg": …}]
        parts = (f"{_field(one.get('loc'))}: {one.get('msg')}" for one in _objects(message))
        message = "; ".join(parts)
    return str(message)


def _objects(values: list[Any]) -> Iterator[dict[str, Any]]:
    return (value for value in values if isinstance(value, dict))


def _field(place: Any) -> str:
    return str(place[-1]) if isinstance(place, list) and place else ""
