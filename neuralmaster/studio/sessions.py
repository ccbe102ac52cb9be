"""What open pages hold: each its desk, all of them together no more than LIMIT.

A page starts a session, whose key is its login from then on (routes.py). It tells that it is still
there, or that it closes (javascript/neuralmaster_session.js, over the route LEASE), and what nobody
has been heard of is freed. A page has what it takes to begin again: see
javascript/neuralmaster_work.js.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from neuralmaster.fills.progress import Progress, StoppedError
from neuralmaster.studio import acts, heap
from neuralmaster.studio.desk import Desk

Seen = TypeVar("Seen")

LEASE = "/neuralmaster/v1/studio/{key}/{page}"
LIMIT = 512e6  # bytes: two pictures of 12 megapixels, all their steps; one alone may be more
FREED = 16e6  # bytes after which free memory is given back: it stays in up to eight times as much
AGAIN = 2  # times that it is given back again: a request under way keeps the last bytes
MOST = 1000  # sessions; the oldest without a picture goes first
SWEEP = 30.0  # seconds between looks for pages that have fallen silent
HOUR = 3600.0
# How long, in seconds, a page may be silent after it has told its state. It tells it once a minute,
# but browsers stop the clocks of hidden pages; one that can be gone back to is kept ten minutes.
SECONDS = {"shown": 180.0, "hidden": HOUR, "left": 600.0, "closed": 0.0}

UNKNOWN = "This page's session is not known, perhaps since the server was started anew."
OPEN_FIRST = "Open a picture first, or drop one here."
CROWDED = (
    f"This picture was put away, the oldest first: open pages may hold {LIMIT / 1e6:.0f} MB "
    "together, and other pages needed them. Open it again."
)
SILENT = (
    "This picture was put away, since its page had not been heard of for too long. Open it again."
)


class LostError(Exception):
    """There is no desk: its page has to open its picture again."""


class Session:
    """One person's desk. Requests may overlap; each waits for the one before.

    done: how many acts of its page have been done on this desk.
    """

    def __init__(self, sessions: Sessions | None = None) -> None:
        self.desk: Desk | None = None
        self.done = 0
        self.lock, self.looking = threading.Lock(), threading.Lock()
        self.key = secrets.token_urlsafe(16)  # by which its page, and nobody else, names it
        self.sessions = sessions or HELD
        self.lost = ""  # why there is no desk any more
        self.bytes = 0
        self.heard, self.lease = 0.0, HOUR  # when the page was last heard of, and for how long

    def put(self, desk: Desk) -> Desk:
        """Another picture on the desk."""
        with self.lock:
            self.desk, self.done = desk, 0
        self.sessions.keep(self)
        return desk

    def act(self, first: int, sent: list[Any]) -> tuple[Desk, str]:
        """Does the acts of which the first has that number; those done before are left out.

        Returns the desk, and why the last act that was refused was refused, or "". Whoever looks
        at the desk then calls `keep` on the sessions. Raises LostError if there is no picture or
        no more, or if acts before these have not been done.
        """
        with self.lock:
            desk = self._present()
            if first > self.done:
                raise LostError("acts are missing")
            new = sent[self.done - first :]
            self.desk, refused = acts.done(desk, new)
            self.done += len(new)
            changed = self.desk
        return changed, refused

    def view(self, look: Callable[[Desk], Seen]) -> Seen:
        """What `look` makes of the desk as it is when others have been looked at; acts go on.

        Raises LostError if there is no desk.
        """
        with self.looking:
            with self.lock:
                desk = self._present()
            seen = look(desk)
        self.sessions.keep(self)  # what was made for it lies on the desk as well
        if desk.opened.is_large:
            heap.give_back()  # what it took meanwhile is much, and each thread would keep its own
        return seen

    def follow(self, look: Callable[[Desk, Progress], Seen]) -> Seen:
        """As `view`; but if acts change the desk meanwhile, `look` begins anew with what it is now.

        look: stops, by StoppedError, once what it is given returns False.
        """
        while True:
            with suppress(StoppedError):
                return self.view(lambda desk: look(desk, lambda _: self.desk is desk))

    def _present(self) -> Desk:
        if self.desk is None:
            raise LostError(self.lost or OPEN_FIRST)
        return self.desk


class Sessions:
    """All that have a desk. limit: bytes that they may hold; clock: seconds."""

    def __init__(self, limit: float = LIMIT, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._lock = threading.Lock()
        self._held: dict[str, Session] = {}  # the one used last at the end
        self._known: dict[str, Session] = {}  # these, and those that have no desk (any more)
        self._is_swept = False
        self._freed = 0  # bytes since memory was given back last
        self._trims = 0  # how often that is done again, for what was still in use meanwhile

    def start(self) -> Session:
        """A session for a page that has come."""
        session = Session(self)
        with self._lock:
            session.heard = self._clock()
            self._known[session.key] = session
            self._forget()
        return session

    def find(self, key: str) -> Session:
        """The session of that key. Raises LostError if there is none (any more)."""
        with self._lock:
            session = self._known.get(key)
        if session is None:
            raise LostError(UNKNOWN)
        return session

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

    def _forget(self) -> None:
        """Sessions that hold nothing, of pages that have been silent for an hour, or too many."""
        now = self._clock()
        idle = [session for key, session in self._known.items() if key not in self._held]
        excess = len(self._known) - MOST
        for number, session in enumerate(idle):
            if number < excess or now - session.heard >= HOUR:
                del self._known[session.key]

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
            self._give_back(again=True)
            with self._lock:
                if not (self._held or self._trims):
                    self._is_swept = False
                    return

    def _give_back(self, *, again: bool = False) -> None:
        with self._lock:
            is_due = self._freed >= FREED
            if is_due:
                self._freed, self._trims = 0, AGAIN
            elif again and self._trims:
                self._trims -= 1
                is_due = True
        if is_due:
            heap.give_back()


HELD = Sessions()


def lease(key: str, page: str) -> dict[str, str]:
    """The route LEASE: a page's state, and what is to be said on it. The key is its login."""
    return {"said": HELD.hear(key, page)}
