"""Reproducible random numbers in OpenCV, without changing its state for other code."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import cv2

T = TypeVar("T")


def seeded(run: Callable[[], T]) -> T:
    """Calls `run` in a new thread with OpenCV's generator at seed 0, and returns its result.

    OpenCV has one generator per thread, whose state cannot be saved and restored.
    """

    def work() -> T:
        cv2.setRNGSeed(0)
        return run()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
