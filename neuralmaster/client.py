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
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from neuralmaster import __version__, files, images

INFO = "/neuralmaster/v1/info"
GET_PROPS = "/neuralmaster_inpainter/get_props"  # the one that NeuralMaster 0.9 has as well
IMG2IMG = "/sdapi/v1/img2img"
PROGRESS = "/sdapi/v1/progress?skip_current_image=true"
INTERRUPT = "/sdapi/v1/interrupt"
TASK = "/internal/progress"  # of one job; only where there is a page
NAME = "NeuralMaster"
NOTE = f"{NAME} note"  # in the infotext: what the extension has to say of a job
STEP = 8  # pixels: the sides of a result are multiples of this
LONGEST = 400  # characters of what a WebUI says
POLL = 0.5  # seconds between two looks at the progress
PATIENCE = 60.0  # seconds for an answer that takes no generating
SILENCE = 180.0  # seconds without a sign of life after which a WebUI at work is given up
LONGEST_WAIT = 30.0  # seconds between two tries
LOST = (urllib.error.URLError, http.client.HTTPException, OSError)
NO_SUCH_ROUTE = ("Not Found", "Method Not Allowed")  # how FastAPI says it
NOT_READY = (502, 503, 504)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OURS = ("init_images", "mask", "force_task_id")  # fields of a job that nobody else sets

Show = Callable[[float, float], None]  # share done, 0..1, and seconds to go
Say = Callable[[str], None]


class WebUIError(Exception):
    """What a WebUI answered instead of a result, in one sentence."""


class UnreachableError(WebUIError):
    """Why no job at all can be done there, this one or another."""


class ConnectionLostError(UnreachableError):
    """The WebUI cannot be reached, or went away; worth another try."""


class _AnsweredError(WebUIError):
    def __init__(self, status: int, sentence: str, *, no_such_route: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.no_such_route = no_such_route


@dataclass(frozen=True)
class Result:
    """What a job gave.

    pictures: files as the WebUI made them, PNG by its default. note: what the extension had to
    say, as "Original is used: …"; "" if nothing. ignored: fields of the job it does not know.
    seconds: how long it took, the waiting in a queue as well.
    """

    pictures: list[bytes]
    seconds: float
    note: str = ""
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class WebUI:
    """Where a WebUI is and how to get in.

    url: its address, such as http://127.0.0.1:7860, without a login.
    login: "user:password" of its --api-auth, or "" for none. Never part of a message.
    retries: how often a lost connection is tried again, each time after twice as long a wait.
    """

    url: str
    login: str = field(default="", repr=False)
    retries: int = 10
    wait: float = 1.0  # seconds before the first retry

    @classmethod
    def at(cls, url: str, login: str = "", **more: Any) -> WebUI:
        """Takes a person's idea of an address; it may hold "user:password@".

        Raises ValueError for anything else, in a sentence that does not quote what may be one.
        """
        try:
            parts = urllib.parse.urlsplit(url if "//" in url else f"http://{url}")
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits or "@" in parts.path:  # a password with a slash would become a path
            raise ValueError("expected an address such as http://127.0.0.1:7860 for the WebUI")
        user, _, place = parts.netloc.rpartition("@")
        login = login or urllib.parse.unquote(user)
        if login and ":" not in login:
            raise ValueError("expected user:password for the login, got no colon in it")
        clean = urllib.parse.urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
        return cls(clean, login, **more)

    def info(self) -> dict[str, Any]:
        """What the extension there tells of itself.

        Raises UnreachableError if it is missing there or of another age, or wants a login.
        """
        try:
            told = self._ask(INFO)
        except _AnsweredError as error:
            if error.status == 404:
                raise UnreachableError(self._what_is_missing()) from error
            raise
        version = told.get("version")
        if not isinstance(version, str):
            raise UnreachableError(f"{self.url} is no WebUI: it answered something else")
        if version.split(".")[0] != __version__.split(".")[0]:
            raise UnreachableError(
                f"{self.url} has {NAME} {version}, this is {__version__}: update the older of them"
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
            except _AnsweredError as error:
                if not error.no_such_route:
                    raise
                if not lost:
                    raise UnreachableError(
                        f"{self.url} does not offer its API: start it with --api"
                    ) from error
                lost = ConnectionLostError(f"{self.url} is not ready")  # it has a page before
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
                answers.append(self._ask(IMG2IMG, job, patience=None))
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
                    if show and told["progress"]:
                        show(told["progress"], told["eta_relative"])
                elif time.monotonic() - heard > SILENCE:
                    raise ConnectionLostError(f"{self.url} does not answer any more")
        except KeyboardInterrupt:
            with suppress(WebUIError):  # it is gone, and the job with it
                self._stop(job["force_task_id"])
            raise
        answer = answers[0]
        if isinstance(answer, Exception):
            raise answer
        # a WebUI that is being stopped, or told to, hands out what it has of a result
        state = (self._progress(strict=True) or {}).get("state") or {}
        if state.get("interrupted") or state.get("skipped"):
            raise WebUIError(f"the job was interrupted at {self.url}: its result is unfinished")
        return self._result(answer, job, start)

    def _knock(self) -> None:
        """Raises now what would end a job: a host may close while the pictures are being sent."""
        try:
            self._ask(PROGRESS)
        except _AnsweredError as error:
            if error.no_such_route:
                raise

    def _progress(self, *, strict: bool = False) -> dict[str, Any] | None:
        """What the WebUI is doing; None if it did not say. strict: ConnectionLostError goes on."""
        try:
            told = self._ask(PROGRESS)
        except ConnectionLostError:
            if strict:
                raise
            return None
        except WebUIError:
            return None
        fits = all(isinstance(told.get(key), (int, float)) for key in ("progress", "eta_relative"))
        return told if fits else None

    def _result(self, answer: dict[str, Any], job: dict[str, Any], start: float) -> Result:
        try:
            pictures = [base64.b64decode(content) for content in answer.get("images") or ()]
            for picture in pictures:
                files.decoded(picture, "the result", formats=files.OF_THE_WEB)
        except (TypeError, ValueError) as error:
            raise WebUIError(f"{self.url} gave no picture: {str(error)[:LONGEST]}") from error
        if not pictures:
            raise WebUIError(f"{self.url} gave no picture")
        known = answer.get("parameters") or job
        ignored = tuple(name for name in job if name not in known and name != "force_task_id")
        return Result(pictures, time.monotonic() - start, _note(answer), ignored)

    def _stop(self, task: str) -> None:
        """Interrupts our job, and nobody else's: one that waits is stopped when it begins."""
        unknown = 0
        while unknown < 3:  # it may be on its way yet; a WebUI before 1.8 knows none
            try:
                told = self._ask(TASK, {"id_task": task, "live_preview": False})
            except _AnsweredError:
                break  # no page, and so no list of jobs: what runs there is taken for ours
            if told.get("completed"):
                return
            if told.get("active"):
                break
            unknown += not told.get("queued")
            time.sleep(POLL)
        else:
            return
        self._ask(INTERRUPT, {})

    def _what_is_missing(self) -> str:
        try:
            found = self._ask(GET_PROPS)
        except _AnsweredError:
            return (
                f"{self.url} has no {NAME}: install the extension there, or prepare the image "
                "here (--local)"
            )
        return (
            f"{self.url} has {NAME} {found.get('version')}, which is too old: update it there, "
            "or prepare the image here (--local)"
        )

    def _ask(
        self, path: str, body: dict[str, Any] | None = None, patience: float | None = PATIENCE
    ) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self.login:
            headers["Authorization"] = f"Basic {base64.b64encode(self.login.encode()).decode()}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with self._opener().open(request, timeout=patience) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise self._explained(error) from error
        except LOST as error:
            reason = getattr(error, "reason", error)
            raise ConnectionLostError(f"{self.url} cannot be reached: {reason}") from error
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise UnreachableError(f"{self.url} is no WebUI: it answered something else")
        return told

    def _opener(self) -> urllib.request.OpenerDirector:
        handlers: list[Any] = [_StayThere]
        if urllib.parse.urlsplit(self.url).hostname in LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))  # a proxy knows another loopback
        return urllib.request.build_opener(*handlers)

    def _explained(self, error: urllib.error.HTTPError) -> WebUIError:
        if error.code == 401:
            known = "did not accept the login" if self.login else "wants a login"
            return UnreachableError(
                f"{self.url} {known}: give its user:password by --auth or in NEURALMASTER_AUTH"
            )
        if error.code in NOT_READY:
            return ConnectionLostError(f"{self.url} is not ready ({error.code})")
        if error.code in (301, 302, 303, 307, 308):
            return UnreachableError(
                f"{self.url} sends its clients elsewhere, to {error.headers.get('Location')}: "
                "give that address"
            )
        detail = _detail(error)
        no_such_route = error.code in (404, 405) and detail in NO_SUCH_ROUTE
        return _AnsweredError(
            error.code,
            f"{self.url} refused the job: {detail[:LONGEST]}",
            no_such_route=no_such_route,
        )


class _StayThere(urllib.request.HTTPRedirectHandler):
    """The login is for one place: it is not carried on to another."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _note(answer: dict[str, Any]) -> str:
    try:
        told = json.loads(answer["info"])["extra_generation_params"]
        return str(told.get(NOTE, ""))[:LONGEST]
    except (KeyError, TypeError, AttributeError, ValueError):
        return ""


def _detail(error: urllib.error.HTTPError) -> str:
    """What an error's body says, in one line."""
    try:
        told = json.load(error)
    except (ValueError, *LOST):
        told = None
    if not isinstance(told, dict):
        return str(error.reason)
    said = told.get("detail") or told.get("errors") or told.get("error") or error.reason
    if isinstance(said, list):  # what a field must be: [{"loc": ["body", "steps"], "msg": …}]
        parts = [one for one in said if isinstance(one, dict)]
        said = "; ".join(f"{(one.get('loc') or [''])[-1]}: {one.get('msg')}" for one in parts)
    return " ".join(str(said).split())


def inpaint_job(
    image: Image.Image,
    mask: Image.Image,
    arguments: Mapping[str, Any] | None,
    fields: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON of an img2img job: Whole picture, in the image's size, without mask blur.

    image, mask: the init image and its two-channel mask; without arguments the prepared image
    and its inpaint mask, for Masked content at original, which every WebUI has.
    arguments: of the script NeuralMaster, by name.
    fields: of /sdapi/v1/img2img, in place of the defaults or beside them; objects are merged.
    """
    fields = fields or {}
    for name in OURS:
        if name in fields:
            raise ValueError(f"{name}: cannot be set, it is made from the image and the mask")
    width, height = (max(STEP, round(side / STEP) * STEP) for side in image.size)
    job: dict[str, Any] = {
        "init_images": [files.in_base64(images.standard(image))],
        "mask": files.in_base64(images.standard(mask)),
        "width": width,
        "height": height,
        "inpainting_fill": 1,
        "inpaint_full_res": False,
        "mask_blur": 0,
    }
    if arguments is not None:
        job["alwayson_scripts"] = {NAME: {"args": [{"enabled": True, **arguments}]}}
    return _merged(job, fields)


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    both = {**one, **other}
    for name in one.keys() & other.keys():
        if isinstance(one[name], Mapping) and isinstance(other[name], Mapping):
            both[name] = _merged(one[name], other[name])
    return both
