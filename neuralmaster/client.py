"""A running WebUI, over its API: asks what it can do, sends a job, follows it, stops it."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from neuralmaster import __version__, files

INFO = "/neuralmaster/v1/info"
GET_PROPS = "/neuralmaster_inpainter/get_props"  # the one that NeuralMaster 0.9 has as well
IMG2IMG = "/sdapi/v1/img2img"
NAME = "NeuralMaster"
STEP = 8  # pixels: the sides of a result are multiples of this
LONGEST = 400  # characters of what a WebUI says
POLL = 0.5  # seconds between two looks at the progress
PATIENCE = 60.0  # seconds for an answer that takes no generating
LOST = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)

Show = Callable[[float, float], None]  # share done, 0..1, and seconds to go


class WebUIError(Exception):
    """What a WebUI answered instead of a result, or why it did not answer, in one sentence."""


class ConnectionLostError(WebUIError):
    """The WebUI cannot be reached, or went away; worth another try."""


@dataclass(frozen=True)
class WebUI:
    """Where a WebUI is and how to get in.

    url: its address, such as http://127.0.0.1:7860; may hold "user:password@".
    login: "user:password" of its --api-auth, or "" for none. Never part of a message.
    retries: how often a lost connection is tried again, each time after twice as long.
    """

    url: str
    login: str = field(default="", repr=False)
    retries: int = 6
    wait: float = 1.0  # seconds before the first retry

    @classmethod
    def at(cls, url: str, login: str = "", **more: Any) -> WebUI:
        """Takes a person's idea of an address. Raises ValueError if it is none."""
        parts = urllib.parse.urlsplit(url if "//" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected an address such as http://127.0.0.1:7860 for the WebUI")
        user, _, place = parts.netloc.rpartition("@")
        clean = urllib.parse.urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
        return cls(clean, login or urllib.parse.unquote(user), **more)

    def info(self) -> dict[str, Any]:
        """What the extension there tells of itself.

        Raises WebUIError if it is missing there or of another age, or wants a login.
        """
        try:
            told = self._ask(INFO)
        except _AnsweredError as error:
            if error.status == 404:
                raise WebUIError(self._what_is_missing()) from error
            raise
        if told["version"].split(".")[0] != __version__.split(".")[0]:
            raise WebUIError(
                f"{self.url} has {NAME} {told['version']}, this is {__version__}: "
                "update the older of them"
            )
        return told

    def img2img(self, job: dict[str, Any], show: Show | None = None) -> list[bytes]:
        """Runs a job of `inpaint_job`; its results, each a picture file as the WebUI made it.

        show: told of the progress every POLL seconds. On KeyboardInterrupt the job is stopped
        there as well. After a lost connection it is sent again. Raises WebUIError.
        """
        for wait in self._waits():
            try:
                return self._run(job, show)
            except ConnectionLostError:
                if wait is None:
                    raise
                time.sleep(wait)
        raise AssertionError("the last wait is None")

    def _waits(self) -> Iterator[float | None]:
        yield from (self.wait * 2**n for n in range(self.retries))
        yield None

    def _run(self, job: dict[str, Any], show: Show | None) -> list[bytes]:
        task = f"task(neuralmaster-{uuid.uuid4().hex})"
        answer: list[Any] = []

        def send() -> None:
            try:
                answer.append(self._ask(IMG2IMG, {**job, "force_task_id": task}, patience=None))
            except Exception as error:
                answer.append(error)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        try:
            while sender.is_alive():
                sender.join(POLL)
                if show and sender.is_alive():
                    self._look(show)
        except KeyboardInterrupt:
            self._stop(task)
            raise
        if isinstance(answer[0], Exception):
            raise answer[0]
        return [base64.b64decode(content) for content in answer[0]["images"]]

    def _look(self, show: Show) -> None:
        try:
            told = self._ask("/sdapi/v1/progress?skip_current_image=true")
        except WebUIError:
            return  # the job itself will tell
        show(told["progress"], told["eta_relative"])

    def _stop(self, task: str) -> None:
        try:
            told = self._ask("/internal/progress", {"id_task": task, "live_preview": False})
        except WebUIError:
            told = {}  # no page there, so nobody can say whose turn it is
        if not told.get("queued"):  # else somebody else's job would be stopped
            self._ask("/sdapi/v1/interrupt", {})

    def _what_is_missing(self) -> str:
        try:
            found = self._ask(GET_PROPS)
        except WebUIError:
            return (
                f"{self.url} has no {NAME}: install the extension there, or prepare the image "
                "here (--local)"
            )
        return (
            f"{self.url} has {NAME} {found['version']}, which is too old: update it there, or "
            "prepare the image here (--local)"
        )

    def _ask(
        self, path: str, body: dict[str, Any] | None = None, patience: float | None = PATIENCE
    ) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.login:
            headers["Authorization"] = f"Basic {base64.b64encode(self.login.encode()).decode()}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=patience) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise self._explained(error, path) from error
        except LOST as error:
            reason = getattr(error, "reason", error)
            raise ConnectionLostError(f"{self.url} cannot be reached: {reason}") from error
        except ValueError as error:
            raise WebUIError(f"{self.url} is no WebUI: it answered something else") from error

    def _explained(self, error: urllib.error.HTTPError, path: str) -> WebUIError:
        if error.code == 401:
            known = "its login was not accepted" if self.login else "it wants a login"
            return _AnsweredError(401, f"{self.url}: {known}; give user:password of its --api-auth")
        if error.code in (502, 503, 504):
            return ConnectionLostError(f"{self.url} is not ready ({error.code})")
        if error.code == 404 and path.startswith("/sdapi"):
            return _AnsweredError(404, f"{self.url} does not offer its API: start it with --api")
        try:
            told = json.load(error)
            detail = told.get("detail") or told.get("errors") or told.get("error")
        except (ValueError, AttributeError):
            detail = error.reason
        return _AnsweredError(error.code, f"{self.url} refused the job: {str(detail)[:LONGEST]}")


class _AnsweredError(WebUIError):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def inpaint_job(
    image: Image.Image, mask: Image.Image, arguments: dict[str, Any] | None, **fields: Any
) -> dict[str, Any]:
    """The JSON of an img2img job.

    image, mask: the init image and its two-channel mask; without arguments the prepared image
    and its inpaint mask, for Masked content at original, which every WebUI has.
    arguments: of the script NeuralMaster, by name.
    fields: of /sdapi/v1/img2img, in place of the defaults: Whole picture, the image's size.
    """
    width, height = (max(STEP, round(side / STEP) * STEP) for side in image.size)
    job: dict[str, Any] = {
        "init_images": [files.in_base64(image)],
        "mask": files.in_base64(mask),
        "width": width,
        "height": height,
        "inpainting_fill": 1,
        "inpaint_full_res": False,
        "mask_blur": 0,
    }
    if arguments is not None:
        job["alwayson_scripts"] = {NAME: {"args": [{"enabled": True, **arguments}]}}
    return {**job, **fields}
