"""A job's life at a WebUI, and every way in which it can fail: one sentence each."""

import base64
import threading
import time

import pytest

from blender.neuralmaster import run
from blender.neuralmaster.run import CANCELLED, Run
from blender.neuralmaster.server import LostError, RefusedError, Server, ServerError
from tests.blender.test_job import MASK, PICTURE, decoded, img2img
from tests.fake_webui import IMG2IMG, INFO, INTERRUPT, PROGRESS, PROPS, TASK, FakeWebUI

BODY = img2img(PICTURE, MASK, {}, {})
SOON = 10.0  # seconds, in which everything here ends


@pytest.fixture
def webui():
    with FakeWebUI() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(run, "POLL", 0.02)


def finished(server):
    job = Run(server, BODY)
    job.wait(SOON)
    assert not job.running
    return job


def test_a_job_brings_its_picture_and_note(webui):
    webui.note = "A note."
    job = finished(Server(webui.url))
    assert (job.error, job.note, job.progress) == ("", "A note.", 1.0)
    assert (decoded(BODY["init_images"][0]) == decoded_file(job.picture)).all()
    assert webui.jobs[0]["force_task_id"].startswith("task(neuralmaster-blender-")


def decoded_file(content):
    return decoded(base64.b64encode(content))


def test_progress_is_the_webuis(webui):
    gate = threading.Event()
    webui.routes[IMG2IMG] = lambda job: (gate.wait(SOON), webui.img2img(job))[1]
    job = Run(Server(webui.url), BODY)
    end = time.monotonic() + SOON
    while not job.progress and time.monotonic() < end:
        time.sleep(0.01)
    assert job.progress == 0.5
    gate.set()
    job.wait(SOON)
    assert job.error == ""


def test_a_cancelled_job_interrupts_the_webui(webui):
    webui.routes[IMG2IMG] = lambda job: (webui.interrupted.wait(SOON), webui.img2img(job))[1]
    job = Run(Server(webui.url), BODY)
    while IMG2IMG not in webui.paths:
        time.sleep(0.01)
    job.cancel()
    job.wait(SOON)
    assert (job.error, job.picture) == (CANCELLED, b"")
    assert webui.interrupted.is_set()


def test_a_cancelled_job_in_the_queue_interrupts_nobody_else(webui):
    gate = threading.Event()
    webui.routes[TASK] = (200, {"active": False, "queued": True, "completed": False})
    webui.routes[IMG2IMG] = lambda job: (gate.wait(SOON), webui.img2img(job))[1]
    job = Run(Server(webui.url), BODY)
    while IMG2IMG not in webui.paths:
        time.sleep(0.01)
    job.cancel()
    job.wait(SOON)
    gate.set()
    assert job.error == CANCELLED
    assert INTERRUPT not in webui.paths


def test_without_a_list_of_tasks_the_running_job_is_ours(webui):
    del webui.routes[TASK]
    test_a_cancelled_job_interrupts_the_webui(webui)


def test_a_job_interrupted_at_the_webui_has_no_result(webui):
    webui.state = {"interrupted": True, "skipped": False}
    job = finished(Server(webui.url))
    assert job.error == "The job was interrupted at the WebUI, so its result is unfinished."
    assert job.picture == b""


def test_a_server_that_goes_in_the_middle(webui):
    webui.routes[IMG2IMG] = lambda _: None
    job = finished(Server(webui.url))
    assert job.error.startswith(
        "The connection was lost during the job, and the texture is as it was. "
        f"The WebUI at {webui.url} cannot be reached ("
    )
    assert job.picture == b""


def test_a_server_that_falls_silent(webui, monkeypatch):
    monkeypatch.setattr(run, "SILENCE", 0.2)
    gate = threading.Event()
    webui.routes[IMG2IMG] = lambda job: (gate.wait(SOON), webui.img2img(job))[1]
    job = Run(Server(webui.url), BODY)
    while IMG2IMG not in webui.paths:
        time.sleep(0.01)
    webui.routes[PROGRESS] = lambda _: None
    job.wait(SOON)
    gate.set()
    assert (
        job.error == f"The WebUI at {webui.url} does not answer any more; the texture is as it was."
    )


def test_no_server():
    with FakeWebUI() as gone:
        url = gone.url
    job = finished(Server(url))
    assert job.error.startswith(f"The WebUI at {url} cannot be reached (")
    assert job.error.endswith("start it with --api, or correct its address in the preferences.")


@pytest.mark.parametrize(
    ("login", "problem"), [("", "wants a login"), ("me:wrong", "did not accept the login")]
)
def test_a_wrong_login(webui, login, problem):
    webui.login = "me:secret"
    sentence = f"The WebUI at {webui.url} {problem}; set user:password in the preferences."
    assert finished(Server(webui.url, login)).error == sentence
    with pytest.raises(RefusedError) as error:
        Server(webui.url, login).info()
    assert str(error.value) == sentence
    assert webui.jobs == []


def test_the_right_login(webui):
    webui.login = "me:secret"
    assert finished(Server(webui.url, "me:secret")).error == ""


def test_a_refused_job_has_the_webuis_sentence_without_the_login(webui):
    webui.login = "me:secret"
    webui.routes[IMG2IMG] = (422, {"detail": "grain: expected 0 to 1,\n got secret"})
    job = finished(Server(webui.url, "me:secret"))
    assert job.error == "The WebUI refused: grain: expected 0 to 1, got ***"


def test_fastapis_list_of_errors_is_a_sentence_too(webui):
    webui.routes[IMG2IMG] = (422, {"detail": [{"loc": ["body", "steps"], "msg": "not a number"}]})
    assert finished(Server(webui.url)).error == "The WebUI refused: steps: not a number"


def test_a_webui_without_its_api(webui):
    del webui.routes[PROGRESS], webui.routes[IMG2IMG]
    job = finished(Server(webui.url))
    assert job.error == f"The WebUI at {webui.url} does not offer its API; start it with --api."


@pytest.mark.parametrize(
    ("props", "sentence"),
    [
        (False, "The WebUI at {} has no NeuralMaster; install the extension there."),
        (True, "NeuralMaster in the WebUI at {} is too old; update it there."),
    ],
)
def test_a_webui_without_the_extension(webui, props, sentence):
    del webui.routes[INFO]
    if not props:
        del webui.routes[PROPS]
    with pytest.raises(ServerError) as error:
        Server(webui.url).info()
    assert str(error.value) == sentence.format(webui.url)


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"version": 1}'])
def test_what_is_no_webui(webui, answer):
    webui.routes[INFO] = (200, answer)
    with pytest.raises(ServerError) as error:
        Server(webui.url).info()
    assert str(error.value).startswith(f"What is at {webui.url} is not a WebUI")


@pytest.mark.parametrize("answer", [{}, {"images": []}, {"images": [3]}, [1]])
def test_an_answer_without_a_picture(webui, answer):
    webui.routes[IMG2IMG] = (200, answer)
    assert finished(Server(webui.url)).error == (
        "The WebUI returned no picture; its console says why."
    )


def test_a_redirect_is_not_followed_with_the_login(webui):
    with FakeWebUI() as other:
        webui.routes[INFO] = lambda _: (302, {}, {"Location": other.url + INFO})
        with pytest.raises(ServerError) as error:
            Server(webui.url, "me:secret").info()
        assert str(error.value) == f"{webui.url} is another server's address now; set the new one."
        assert other.paths == []


def test_a_server_that_starts(webui):
    webui.routes[INFO] = (503, {})
    with pytest.raises(LostError) as error:
        Server(webui.url).info()
    assert str(error.value) == f"The WebUI at {webui.url} is not ready (503); try again."


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("127.0.0.1:7860", "http://127.0.0.1:7860"),
        ("https://a.example/sub/", "https://a.example/sub"),
        (" http://localhost:1 ", "http://localhost:1"),
    ],
)
def test_an_address_as_typed(typed, url):
    assert Server.of(typed).url == url


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://a", "http://", "http://me:secret@a", "http://[::1", "a:b", "http://a:99999"],
)
def test_an_address_that_is_none(typed):
    with pytest.raises(ServerError) as error:
        Server.of(typed)
    assert "secret" not in str(error.value)
    assert "should look like http://127.0.0.1:7860" in str(error.value)


def test_a_login_that_is_none():
    with pytest.raises(ServerError) as error:
        Server.of("a", "secret")
    assert str(error.value) == "The login in the preferences should look like user:password."


def test_controlnets_models_are_asked_for_only_where_it_is_listed(webui):
    server = Server(webui.url)
    assert server.control_models() == []
    webui.routes["/sdapi/v1/scripts"] = (200, {"img2img": ["neuralmaster"]})
    assert server.control_models() == []
    webui.routes["/sdapi/v1/scripts"] = (200, {"img2img": ["ControlNet"]})
    assert server.control_models() == []
    webui.routes["/controlnet/model_list"] = (200, {"model_list": ["depth [1]"]})
    assert server.control_models() == ["depth [1]"]
