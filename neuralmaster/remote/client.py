"""A job in a running WebUI: sends it over its API, follows it, stops it, tries again."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from neuralmaster import __version__
from neuralmaster.remote import results
from neuralmaster.remote.address import (
    JOB,
    Address,
    AnsweredError,
    ConnectionLostError,
    UnreachableError,
    WebUIError,
)
from neuralmaster.remote.results import Progress, Result

INFO = "/neuralmaster/v1/info"
GET_PROPS = "/neuralmaster_inpainter/get_props"  # the one that NeuralMaster 0.9 has as well
IMG2IMG = "/sdapi/v1/img2img"
PROGRESS = "/sdapi/v1/progress?skip_current_image=true"
INTERRUPT = "/sdapi/v1/interrupt"
TASK = "/internal/progress"  # of one job; only where there is a page
NAME = "NeuralMaster"
POLL = 0.5  # seconds between two looks at the progress
SILENCE = 180.0  # seconds without a sign of life after which a WebUI at work is given up
STOPPING = 600.0  # seconds that our job may wait in a queue until it is stopped
LONGEST_WAIT = 30.0  # seconds between two tries

Show = Callable[[float, float], None]  # share done, 0..1, and seconds to go
Say = Callable[[str], None]


@dataclass(frozen=True)
class WebUI:
    """A WebUI to send jobs to.

    retries: how often a lost connection is tried again, each time after twice as long a wait.
    """

    address: Address
    retries: int = 10
    wait: float = 1.0  # seconds before the first retry

    def info(self) -> dict[str, Any]:
        """What the extension there tells of itself.

        Raises UnreachableError if it is missing there or of another age, or wants a login.
        """
        try:
            told = self.address.ask(INFO)
        except AnsweredError as error:
            if error.status == 404:
                raise UnreachableError(self._what_is_missing()) from error
            raise
        version = told.get("version")
        if not isinstance(version, str):
            raise UnreachableError(f"{self.address} is no WebUI: it answered something else")
        if version.split(".")[0] != __version__.split(".")[0]:
            raise UnreachableError(
                f"{self.address} has {NAME} {self.address.shown(version)}, this is {__version__}: "
                "update the older of them"
            )
        return told

    def img2img(
        self, job: Mapping[str, Any], show: Show | None = None, say: Say | None = None
    ) -> Result:
        """Runs a job of `inpaint_job` to its end.

        show: told of the progress every POLL seconds. say: told in a sentence when a lost
        connection is tried again; the job is then sent once more, and stopped before if it
        still runs. On KeyboardInterrupt it is stopped there as well. Raises WebUIError; a job
        that somebody interrupted there has no result.
        """
        task = ""
        lost: ConnectionLostError | None = None
        for wait in self._waits():
            try:
                if task:
                    self._stop(task)
                task = f"task(neuralmaster-{uuid.uuid4().hex})"
                return self._run({**job, "force_task_id": task}, show)
            except AnsweredError as error:
                if not error.no_such_route:
                    raise
                if not lost:
                    raise UnreachableError(
                        f"{self.address} does not offer its API: start it with --api"
                    ) from error
                lost = ConnectionLostError(f"{self.address} is not ready")  # it has a page before
            except ConnectionLostError as error:
                lost = error
            if wait is None:
                break
            if say:
                say(f"{lost}; trying again in {wait:g} s")
            time.sleep(wait)
        assert lost
        raise lost

    def _waits(self) -> Iterator[float | None]:
        yield from (min(self.wait * 2**n, LONGEST_WAIT) for n in range(self.retries))
        yield None

    def _run(self, job: dict[str, Any], show: Show | None) -> Result:
        answers: list[Any] = []
        self._knock()

        def send() -> None:
            try:
                answers.append(self.address.ask(IMG2IMG, job, JOB))
            except Exception as error:
                answers.append(error)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        start = heard = time.monotonic()
        try:
            while sender.is_alive():
                sender.join(POLL)
                told = self._progress() if sender.is_alive() else None
                if told:
                    heard = time.monotonic()
                    if show and told.share:
                        show(told.share, told.seconds)
                elif time.monotonic() - heard > SILENCE:
                    raise ConnectionLostError(f"{self.address} does not answer any more")
        except KeyboardInterrupt:
            with suppress(WebUIError):  # it is gone, and the job with it
                self._stop(job["force_task_id"])
            raise
        answer = answers[0]
        if isinstance(answer, Exception):
            raise answer
        # a WebUI that is being stopped, or told to, hands out what it has of a result
        last = self._progress(strict=True)
        if last and last.ended:
            raise WebUIError(f"the job was interrupted at {self.address}: its result is unfinished")
        return self._result(answer, job, start)

    def _knock(self) -> None:
        """Raises now what would end a job: a host may close while the pictures are being sent."""
        try:
            self.address.ask(PROGRESS)
        except AnsweredError as error:
            if error.no_such_route:
                raise

    def _progress(self, *, strict: bool = False) -> Progress | None:
        """What the WebUI is doing; None if it did not say. strict: ConnectionLostError goes on."""
        try:
            return Progress.of(self.address.ask(PROGRESS))
        except ConnectionLostError:
            if strict:
                raise
            return None
        except WebUIError:
            return None

    def _result(self, answer: dict[str, Any], job: dict[str, Any], start: float) -> Result:
        try:
            given = results.result(answer, job, time.monotonic() - start)
        except ValueError as error:
            reason = self.address.shown(error)
            raise WebUIError(f"{self.address} gave no picture: {reason}") from error
        return replace(given, note=self.address.shown(given.note))

    def _stop(self, task: str) -> None:
        """Interrupts our job, and nobody else's: one that waits is stopped when it begins."""
        unknown, end = 0, time.monotonic() + STOPPING
        # unknown: it may be on its way yet; a WebUI before 1.8 knows none
        while unknown < 3 and time.monotonic() < end:
            try:
                told = self.address.ask(TASK, {"id_task": task, "live_preview": False})
            except AnsweredError:
                break  # no page, and so no list of jobs: what runs there is taken for ours
            if told.get("completed"):
                return
            if told.get("active"):
                break
            unknown += not told.get("queued")
            time.sleep(POLL)
        else:
            return
        self.address.ask(INTERRUPT, {})

    def _what_is_missing(self) -> str:
        try:
            found = self.address.ask(GET_PROPS)
        except AnsweredError:
            return (
                f"{self.address} has no {NAME}: install the extension there, or prepare the image "
                "here (--local)"
            )
        version = self.address.shown(found.get("version"))
        return (
            f"{self.address} has {NAME} {version}, which is too old: update it there, "
            "or prepare the image here (--local)"
        )
