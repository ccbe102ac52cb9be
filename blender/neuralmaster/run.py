"""A job in a WebUI, in a thread: progress, cancelling, its result or what went wrong."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .server import LostError, RefusedError, Server, ServerError

IMG2IMG = "/sdapi/v1/img2img"
PROGRESS = "/sdapi/v1/progress?skip_current_image=true"
INTERRUPT = "/sdapi/v1/interrupt"
TASK = "/internal/progress"  # of one job; absent with --nowebui
POLL = 0.5  # seconds between questions for the progress; larger updates it less often
SILENCE = 60.0  # seconds without an answer until a job counts as lost
LONGEST = 3600.0  # seconds that a job may take
CANCELLED = "Cancelled: the texture is as it was."


class Run:
    """A job that has been sent.

    progress: 0..1. error: why there is no result, one sentence, "" if there is. picture: the file
    of the first result. note: what the WebUI's extension says of it.
    """

    def __init__(self, server: Server, body: Mapping[str, Any]) -> None:
        self._server = server
        self._task = f"task(neuralmaster-blender-{uuid.uuid4().hex})"
        self._body = {**body, "force_task_id": self._task}
        self._answer: Any = None
        self._failed: Exception | None = None
        self._cancelled = threading.Event()
        self.progress = 0.0
        self.error = ""
        self.picture = b""
        self.note = ""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the job is not over yet."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Asks for the end of the job; the WebUI is interrupted if it works on this one."""
        self._cancelled.set()

    def wait(self, seconds: float | None = None) -> None:
        """Until it is over, or so long."""
        self._thread.join(seconds)

    def _work(self) -> None:
        try:
            self._server.ask(PROGRESS)  # an early refusal has its reason; an upload may lose it
            sender = threading.Thread(target=self._send, daemon=True)
            sender.start()
            self._watch(sender)
            self._take()
        except RefusedError as error:
            self.error = self._refused(error)
        except ServerError as error:
            self.error = str(error)

    def _send(self) -> None:
        try:
            self._answer = self._server.ask(IMG2IMG, self._body, LONGEST)
        except Exception as error:  # whatever it is, the panel shows it
            self._failed = error

    def _watch(self, sender: threading.Thread) -> None:
        heard = time.monotonic()
        while sender.is_alive():
            if self._cancelled.wait(0):
                with suppress(ServerError):
                    self._stop()
                raise ServerError(CANCELLED)
            sender.join(POLL)
            try:
                state = self._server.ask(PROGRESS, seconds=SILENCE)
                self.progress = min(max(float(state["progress"]), 0.0), 1.0)
                heard = time.monotonic()
            except (ServerError, LookupError, TypeError, ValueError):
                if time.monotonic() - heard > SILENCE:
                    raise LostError(
                        f"The WebUI at {self._server.url} does not answer any more; the texture "
                        "is as it was."
                    ) from None

    def _take(self) -> None:
        if isinstance(self._failed, LostError):
            raise LostError(
                "The connection was lost during the job, and the texture is as it was. "
                f"{self._failed}"
            )
        if isinstance(self._failed, ServerError):
            raise self._failed
        if self._failed:
            raise ServerError(f"The job failed: {self._server.shown(self._failed)}")
        if self._interrupted():
            raise ServerError("The job was interrupted at the WebUI, so its result is unfinished.")
        try:
            self.picture = base64.b64decode(self._answer["images"][0])
        except (LookupError, TypeError, ValueError) as error:
            raise ServerError("The WebUI returned no picture; its console says why.") from error
        with suppress(LookupError, TypeError, ValueError):
            keys = json.loads(self._answer["info"])["extra_generation_params"]
            self.note = self._server.shown(keys.get("NeuralMaster note", ""))
        self.progress = 1.0

    def _interrupted(self) -> bool:
        """An interrupted WebUI still returns a picture."""
        try:
            state = self._server.ask(PROGRESS)["state"]
            return bool(state.get("interrupted") or state.get("skipped"))
        except (ServerError, AttributeError, LookupError, TypeError):
            return False

    def _stop(self) -> None:
        """Interrupts this job and nobody else's: one that waits in the queue is left to wait."""
        try:
            state = self._server.ask(TASK, {"id_task": self._task, "live_preview": False})
        except RefusedError:
            state = {"active": True}  # no page, so no list of tasks
        if state.get("active"):
            self._server.ask(INTERRUPT, {})

    def _refused(self, error: RefusedError) -> str:
        if error.status == 404:
            return f"The WebUI at {self._server.url} does not offer its API; start it with --api."
        return str(error)
