"""Processor time of something that is done again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def processor_milliseconds(run: Callable[[], object], repeats: int) -> float:
    """The median, of all threads together: an idle machine takes no longer than that.

    Once more than `repeats` times: the first is not counted.
    """
    run()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return float(np.median(times)) * 1000
