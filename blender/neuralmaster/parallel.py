"""Work in pieces on all processors: numpy lets other threads run while it computes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Piece = TypeVar("_Piece")
_Result = TypeVar("_Result")
_PIECE = 1 << 17  # numbers in a piece; larger leaves the processor's cache
MOST = 8  # threads; larger needs more memory for pieces, and memory is as fast as it is


def mapped(work: Callable[[_Piece], _Result], pieces: Iterable[_Piece]) -> list[_Result]:
    """The results in the order of the pieces."""
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST)) as threads:
        return list(threads.map(work, pieces))


def pieces(numbers: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The numbers in order, in pieces that are worth a thread; at least one."""
    return np.array_split(numbers, max(len(numbers) // _PIECE, 1))
