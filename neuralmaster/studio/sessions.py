"""What open pages hold: each its desk, all of them together no more than LIMIT.

gradio keeps the state of a page long after the page has gone, and its version 3 for ever. So a
page tells that it is still there, or that it closes (javascript/neuralmaster_studio.js, over the
route LEASE), and what nobody has been heard of is freed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from neuralmaster.studio import heap
from neuralmaster.studio.desk import Desk

LEASE = "/neuralmaster/v1/studio/{key}/{page}"
LIMIT = 512e6  # bytes: two pictures of 12 megapixels, all their steps; one alone may be more
FREED = 64e6  # bytes after which free memory is given back: as much as a heap of glibc has at most
SWEEP = 30.0  # seconds between looks for pages that have fallen silent
HOUR = 3600.0
# How long, in seconds, a page may be silent after it has told its state. It tells it once a minute,
# but browsers stop the clocks of hidden pages; one that can be gone back to is kept ten minutes.
SECONDS = {"shown": 180.0, "hidden": HOUR, "left": 600.0, "closed": 0.0}

OPEN_FIRST = "Open a picture first, or drop one here."
CROWDED = (
    f"This picture was put away, the oldest first: open pages may hold {LIMIT / 1e6:.0f} MB "
    "together, and other pages needed them. Open it again."
)
SILENT = (
    "This picture was put away, since its page had not been heard of for too long. Open it again."
)


class Session:
    """One person's desk. Events may overlap; each waits for the one before."""

    def __init__(self, sessions: Sessions | None = None) -> None:
        self.desk: Desk | None = None
        self.lock = threading.Lock()
        self.key = secrets.token_urlsafe(16)  # by which its page, and nobody else, names it
        self.sessions = sessions or HELD
        self.lost = ""  # why there is no desk any more
        self.bytes = 0
        self.heard, self.lease = 0.0, HOUR  # when the page was last heard of, and for how long

    def __deepcopy__(self, memo: dict[int, Any]) -> Session:
        return Session(self.sessions)  # gradio copies the first one for everybody who comes

    def put(self, desk: Desk) -> Desk:
        """Another picture on the desk."""
        with self.lock:
            self.desk = desk
        self.sessions.keep(self)
        return desk

    def change(self, step: Callable[[Desk], Desk]) -> Desk:
        """The desk after a step. Raises ValueError if there is no picture, or no more."""
        with self.lock:
            if self.desk is None:
                raise ValueError(self.lost or OPEN_FIRST)
            self.desk = changed = step(self.desk)
        self.sessions.keep(self)
        return changed


class Sessions:
    """All that have a desk. limit: bytes that they may hold; clock: seconds."""

    def __init__(self, limit: float = LIMIT, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._lock = threading.Lock()
        self._held: dict[str, Session] = {}  # the one used last at the end
        self._known: WeakValueDictionary[str, Session] = WeakValueDictionary()
        self._is_swept = False
        self._freed = 0  # bytes since memory was given back last

    def keep(self, session: Session) -> None:
        """Counts what a session holds, now that it is used; others are freed if need be."""
        desk = session.desk
        size = desk.memory() if desk else 0
        with self._lock:
            self._held.pop(session.key, None)
            if desk:
                self._held[session.key] = self._known[session.key] = session
                session.bytes, session.heard, session.lost = size, self._clock(), ""
            self._free()
            if (self._held or self._freed) and not self._is_swept:
                self._is_swept = True
                threading.Thread(target=self._sweep, name="neuralmaster", daemon=True).start()

    def hear(self, key: str, page: str) -> str:
        """A page tells its state, one of SECONDS; why its desk was put away, "" if it was not."""
        with self._lock:
            session = self._known.get(key)
            if session is None or page not in SECONDS:
                return ""
            session.heard = self._clock()
            if session.lease:  # a page that has closed stays closed
                session.lease = SECONDS[page]
            self._free()
            lost = session.lost
        self._give_back()
        return lost

    def held(self) -> int:
        """Bytes that all desks hold together."""
        with self._lock:
            return sum(session.bytes for session in self._held.values())

    def _free(self) -> None:
        now = self._clock()
        for session in list(self._held.values()):
            if now - session.heard >= session.lease:
                self._drop(session, SILENT)
        while len(self._held) > 1 and sum(s.bytes for s in self._held.values()) > self._limit:
            self._drop(next(iter(self._held.values())), CROWDED)

    def _drop(self, session: Session, why: str) -> None:
        # an event of that page may be under way: it then ends with the desk it has, and is counted
        del self._held[session.key]
        self._freed += session.bytes
        session.desk, session.bytes, session.lost = None, 0, why

    def _sweep(self) -> None:
        while True:
            time.sleep(SWEEP)
            with self._lock:
                self._free()
            self._give_back()
            with self._lock:
                if not self._held:
                    self._is_swept = False
                    return

    def _give_back(self) -> None:
        with self._lock:
            is_due = self._freed >= FREED
            self._freed = 0 if is_due else self._freed
        if is_due:
            heap.give_back()


HELD = Sessions()


def lease(key: str, page: str) -> dict[str, str]:
    """The route LEASE: a page's state, and what is to be said on it. The key is its login."""
    return {"said": HELD.hear(key, page)}
