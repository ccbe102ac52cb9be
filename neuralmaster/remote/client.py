"""Runs a job in a WebUI over its API: progress, interruption, retries."""

from __future__ import annotations

import itertools
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
GET_PROPS = "/neuralmaster_inpainter/get_props"  # a route that NeuralMaster 0.9 has too
IMG2IMG = "/sdapi/v1/img2img"
PROGRESS = "/sdapi/v1/progress?skip_current_image=true"
INTERRUPT = "/sdapi/v1/interrupt"
TASK = "/internal/progress"  # of one job; absent with --nowebui
NAME = "NeuralMaster"
POLL = 0.5  # seconds between progress requests; larger updates the bar less often
SILENCE = 180.0  # seconds without an answer until a job is lost; larger notices it later
STOPPING = 600.0  # seconds to wait for our queued job to start and be stopped; larger: patient
STARTING = 3  # retries for our routes: a WebUI that starts serves its page before them
LONGEST_WAIT = 30.0  # seconds between retries, at most; larger spares a busy server

Show = Callable[[float, float], None]  # the share done, 0..1, and seconds left
Warn = Callable[[str], None]


@dataclass(frozen=True)
class WebUI:
    """A WebUI to send jobs to.

    retries: how often a lost connection is retried; the wait doubles each time.
    """

    address: Address
    retries: int = 10
    wait: float = 1.0  # seconds before the first retry

    def info(self) -> dict[str, Any]:
        """The answer of the extension's info route.

        Raises UnreachableError if the extension is missing, has another major version, or wants a
        login.
        """
        info = self._info()
        version = info.get("version")
        if not isinstance(version, str):
            raise UnreachableError(f"{self.address} is not a WebUI: it sent an unexpected answer")
        if version.split(".")[0] != __version__.split(".")[0]:
            raise UnreachableError(
                f"{self.address} has {NAME} {self.address.shown(version)}, this is {__version__}: "
                "update the older of them"
            )
        return info

    def _info(self) -> dict[str, Any]:
        for wait in [*itertools.islice(self._waits(), STARTING), None]:
            try:
                return self.address.ask(INFO)
            except AnsweredError as error:
                if error.status != 404:
                    raise
            self._check_age()
            if wait is None:
                break
            time.sleep(wait)
        raise UnreachableError(
            f"{self.address} has no {NAME}: install the extension there, or prepare the image here "
            "(--local)"
        )

    def img2img(
        self, job: Mapping[str, Any], show: Show | None = None, warn: Warn | None = None
    ) -> Result:
        """Runs a job of `inpaint_job` to its end.

        show: called with the progress every POLL seconds. warn: called with a sentence before a
        retry; a retry sends the job again, after stopping it if it still runs. KeyboardInterrupt
        also stops it at the WebUI. Raises WebUIError, also if the job was interrupted there.
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
                # a WebUI that starts serves its page before its API
                lost = ConnectionLostError(f"{self.address} is not ready")
            except ConnectionLostError as error:
                lost = error
            if wait is None:
                break
            if warn:
                warn(f"{lost}; trying again in {wait:g} s")
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
                progress = self._progress() if sender.is_alive() else None
                if progress:
                    heard = time.monotonic()
                    if show and progress.share:
                        show(progress.share, progress.seconds)
                elif time.monotonic() - heard > SILENCE:
                    raise ConnectionLostError(f"{self.address} does not answer any more")
        except KeyboardInterrupt:
            with suppress(WebUIError):  # the WebUI is gone, and the job with it
                self._stop(job["force_task_id"])
            raise
        answer = answers[0]
        if isinstance(answer, Exception):
            raise answer
        # an interrupted WebUI still returns an unfinished result
        last = self._progress(strict=True)
        if last and last.ended:
            raise WebUIError(f"the job was interrupted at {self.address}: its result is unfinished")
        return self._result(answer, job, start)

    def _knock(self) -> None:
        """Raises early: in an upload, the host may close the connection without its reason."""
        try:
            self.address.ask(PROGRESS)
        except AnsweredError as error:
            if error.no_such_route:
                raise

    def _progress(self, *, strict: bool = False) -> Progress | None:
        """The WebUI's progress; None if it is unknown. strict: let ConnectionLostError through."""
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
            result = results.result(answer, job, time.monotonic() - start)
        except ValueError as error:
            reason = self.address.shown(error)
            raise WebUIError(f"{self.address} returned no picture: {reason}") from error
        return replace(result, note=self.address.shown(result.note))

    def _stop(self, task: str) -> None:
        """Interrupts our job and nobody else's; a queued one is interrupted when it starts."""
        unknown, end = 0, time.monotonic() + STOPPING
        # unknown: the job may not have arrived yet; a WebUI before 1.8 knows no task at all
        while unknown < 3 and time.monotonic() < end:
            try:
                task_state = self.address.ask(TASK, {"id_task": task, "live_preview": False})
            except AnsweredError:
                break  # no page, so no list of tasks: assume that the running job is ours
            if task_state.get("completed"):
                return
            if task_state.get("active"):
                break
            unknown += not task_state.get("queued")
            time.sleep(POLL)
        else:
            return
        self.address.ask(INTERRUPT, {})

    def _check_age(self) -> None:
        """Raises UnreachableError for NeuralMaster 0.9; where there is none, it may come yet."""
        with suppress(AnsweredError):
            version = self.address.shown(self.address.ask(GET_PROPS).get("version"))
            raise UnreachableError(
                f"{self.address} has {NAME} {version}, which is too old: update it there, "
                "or prepare the image here (--local)"
            )
