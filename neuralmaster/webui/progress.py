"""What stands beside the host's progress bar while pictures are filled.

A run's pictures are filled before its first step, so the bar stands still until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from modules import shared


@contextmanager
def told(pictures: int) -> Iterator[Callable[[int], None]]:
    """Gives what tells the number of a picture, from 0; the sentence goes at the end."""
    try:
        yield lambda number: _say(f"NeuralMaster: filling picture {number + 1} of {pictures}")
    finally:
        _say(None)


def _say(text: str | None) -> None:
    with suppress(AttributeError):  # a host without it, or one that keeps it to itself
        shared.state.textinfo = text
