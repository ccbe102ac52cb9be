"""Standard output and standard error, whatever they are connected to and can encode."""

from __future__ import annotations

import json
import logging
import os
import sys
from contextlib import suppress
from typing import Any, TextIO


class OutputError(Exception):
    """Standard output cannot be written, in one sentence."""


def out(line: str) -> None:
    """Prints a line on standard output and flushes it.

    Raises OutputError, or BrokenPipeError if the reader has exited.
    """
    write(printable(line) + "\n")


def report(fields: dict[str, Any]) -> None:
    """Prints one JSON object on a line of standard output. Raises as `out` does."""
    write(json.dumps(fields) + "\n")


def write(text: str) -> None:
    """Prints text of our own, which may have several lines. Raises as `out` does."""
    if sys.stdout is None or sys.stdout.closed:
        raise OutputError("standard output is closed: what was done cannot be reported")
    try:
        sys.stdout.write(_encodable(text, sys.stdout))
        sys.stdout.flush()
    except OSError as error:
        _discard_output()
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError(
            f"standard output cannot be written, what was done is not reported: {error.strerror}"
        ) from error


def warn(sentence: str) -> None:
    """Prints a warning on standard error."""
    fail(f"warning: {sentence}")


def fail(sentence: str) -> None:
    """Prints a line on standard error."""
    error(f"neuralmaster: {printable(sentence)}\n")


def error(text: str) -> None:
    """Prints text of our own on standard error; if that fails, it is lost."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(_encodable(text, sys.stderr))
            sys.stderr.flush()


def printable(text: str) -> str:
    """Text from elsewhere in one line: line ends, control characters and bare bytes escaped."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _encodable(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _discard_output() -> None:
    """Else Python would fail once more at exit, when it flushes the rest of the buffer."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def prepare() -> None:
    """Sets up the streams of a command line process; not for use within a host.

    Closed standard streams are replaced, so that no file opened later gets their descriptors.
    Pillow's log is silenced: our own sentence reports its errors.
    """
    pillow = logging.getLogger("PIL")
    if not pillow.handlers:
        pillow.addHandler(logging.NullHandler())
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # open gives the lowest free descriptor
