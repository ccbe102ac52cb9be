"""OpenCV's random numbers, from one seed and without touching anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import cv2

T = TypeVar("T")


def seeded(run: Callable[[], T]) -> T:
    """What OpenCV makes from seed 0, in a thread of its own.

    OpenCV has a generator of random numbers for each thread and no way to put its state back.
    """

    def work() -> T:
        cv2.setRNGSeed(0)
        return run()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
