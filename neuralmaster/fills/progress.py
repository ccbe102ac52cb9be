"""How far a fill is, reported while it is made, so that it can be shown and stopped."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[float], None]  # called with the share that is done, 0..1; may raise StoppedError
Progress = Callable[[float], bool | None]  # a caller's, called likewise; False: stop the fill


class StoppedError(Exception):
    """The caller stopped the fill."""


def silent(share: float) -> None:
    """Reports to no one."""


def reporting(progress: Progress | None) -> Report:
    """Reports to `progress`, and raises StoppedError if that returns False."""
    if progress is None:
        return silent

    def report(share: float) -> None:
        goes_on = progress(float(share))
        if goes_on is not None and not goes_on:
            raise StoppedError

    return report


def part(report: Report, first: float, last: float) -> Report:
    """Reports on a part of the work, which takes it from the share `first` to the share `last`."""
    return lambda share: report(first + (last - first) * share)
