"""Standard output and standard error, whatever they are connected to and can show."""

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
    """A line for standard output, there at once for a program that reads on.

    Raises OutputError, or BrokenPipeError if nobody reads any more.
    """
    write(printable(line) + "\n")


def report(told: dict[str, Any]) -> None:
    """One JSON object on a line of standard output. Raises as `out`."""
    write(json.dumps(told) + "\n")


def write(text: str) -> None:
    """Text of our own, of several lines, for standard output. Raises as `out`."""
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
    """A warning on standard error."""
    fail(f"warning: {sentence}")


def fail(sentence: str) -> None:
    """A line on standard error."""
    error(f"neuralmaster: {printable(sentence)}\n")


def error(text: str) -> None:
    """Text of our own for standard error; if that cannot be written, there is nobody to tell."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(_encodable(text, sys.stderr))
            sys.stderr.flush()


def printable(text: str) -> str:
    """Text of others in one line: line ends, control characters and bare bytes are escaped."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _encodable(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _discard_output() -> None:
    """What is left in the buffer would fail once more when Python ends."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def prepare() -> None:
    """Makes the process's streams those of a command line; not for use within a host.

    Closed standard streams have their places taken, for a file opened later must not become one.
    Pillow's log is not shown: what it comes to is told in our sentence.
    """
    pillow = logging.getLogger("PIL")
    if not pillow.handlers:
        pillow.addHandler(logging.NullHandler())
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # which gives the lowest that is free
