"""How far a fill is: told while it is made, so that a person can be shown it and can stop it."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[float], None]  # told the share that is done, 0..1; may raise StoppedError
Progress = Callable[[float], bool | None]  # told it as well; False: the fill should stop


class StoppedError(Exception):
    """Whoever follows the fill wants no more of it."""


def nobody(share: float) -> None:
    """Tells nobody."""


def teller(progress: Progress | None) -> Tell:
    """Tells `progress`, and raises StoppedError if that returns False."""
    if progress is None:
        return nobody

    def tell(share: float) -> None:
        goes_on = progress(float(share))
        if goes_on is not None and not goes_on:
            raise StoppedError

    return tell


def part(tell: Tell, first: float, last: float) -> Tell:
    """Tells of a part of the work, which takes it from the share `first` to the share `last`."""
    return lambda share: tell(first + (last - first) * share)
