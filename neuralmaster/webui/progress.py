"""What stands beside the host's progress bar while pictures are filled, and Interrupt meanwhile.

A run's pictures are filled before its first step, so the bar stands still until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from modules import shared

from neuralmaster.fills.progress import Progress


@contextmanager
def shown(pictures: int) -> Iterator[Callable[[int], Progress]]:
    """Gives what follows the filling of a picture, by its number from 0.

    It stops the fill once a person has interrupted the job. At the end its sentence goes.
    """

    def follow(number: int) -> Progress:
        text = f"NeuralMaster: filling picture {number + 1} of {pictures}"
        _say(text)

        def progress(share: float) -> bool:
            _say(f"{text}, {share:.0%}")
            return not _is_interrupted()

        return progress

    try:
        yield follow
    finally:
        _say(None)


def _is_interrupted() -> bool:
    """Whether the host will not even begin to sample; it looks once the pictures are filled."""
    state = getattr(shared, "state", None)
    return any(getattr(state, name, False) for name in ("interrupted", "stopping_generation"))


def _say(text: str | None) -> None:
    with suppress(AttributeError):  # a host without it, or one that keeps it to itself
        shared.state.textinfo = text
