"""Gives memory that was freed back to the system.

Pillow holds a picture in blocks of 16 MB. glibc takes blocks of up to 32 MB from the heap of the
thread that asks, and keeps them there when they are freed. A server works in many threads, so most
of what a large picture took would stay with the process.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


def give_back() -> None:
    """Hands the free pages of every heap to the system; nothing where there is no glibc.

    It is of the whole process, but changes no setting and nothing that is in use. Other Python
    threads run on meanwhile; those that need the heap that is being looked at wait for it.
    """
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
