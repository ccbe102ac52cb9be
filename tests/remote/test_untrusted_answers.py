"""What a server may send: without end, or without sense."""

import time

import pytest

from neuralmaster.remote import address, answers, client
from neuralmaster.remote.address import Address, ConnectionLostError, WebUIError
from neuralmaster.remote.transport import Limits
from tests.fake_webui import IMG2IMG, INFO, PROGRESS, PROPS, TASK
from tests.remote.server import ANSWER, SHORT, drip, img2img, send, serving

# --- no end -----------------------------------------------------------------------------------

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "content",
    [
        ANSWER,
        CHUNKED + b"2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.0 500 Oops\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER,
    ],
)
def test_an_answer_byte_by_byte_is_given_up(content):
    """It would be whole in the end; each byte comes in time."""
    with serving(drip(content)) as webui, pytest.raises(ConnectionLostError, match="timed out"):
        webui.ask("/", limits=SHORT)


def test_a_result_may_be_long_in_coming_but_not_in_its_coming():
    limits = Limits(seconds=0.5, megabytes=0.1, waits=True)

    def late(connection):
        time.sleep(1)
        connection.sendall(ANSWER)

    with serving(late) as webui:
        assert webui.ask("/", {}, limits) == {}
    with serving(drip(ANSWER)) as webui, pytest.raises(WebUIError) as error:
        webui.ask("/", {}, limits)
    assert str(error.value) == f"{webui} took more than 0.5 s to send its answer"
    assert not isinstance(error.value, ConnectionLostError)  # it would be the same once more


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.0 200 OK\r\n\r\n" + b" " * 200_000,
        b"HTTP/1.0 200 OK\r\nContent-Length: 200000\r\n\r\n" + b" " * 200_000,
        CHUNKED + b"30D40\r\n" + b" " * 200_000 + b"\r\n0\r\n\r\n",
        b"HTTP/1.0 400 No\r\n\r\n" + b" " * 200_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
        b"HTTP/1.0 200 OK\r\n" + b"".join(b"A%d: %s\r\n" % (n, b"x" * 5000) for n in range(40)),
    ],
)
def test_too_long_an_answer_is_refused(content):
    with serving(send(content)) as webui, pytest.raises(WebUIError) as error:
        webui.ask("/", limits=SHORT)
    assert str(error.value).startswith(f"{webui} answered with more than 0.1 MB, the most that")


@pytest.mark.parametrize("length", [10, 10**15])
def test_an_answer_that_breaks_off_is_a_lost_connection(length):
    cut = b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n{}" % length
    with serving(send(cut)) as webui, pytest.raises(ConnectionLostError):
        webui.ask("/", limits=SHORT)


def test_the_limits_leave_room_for_results():
    assert address.JOB.waits
    assert address.JOB.megabytes > 16 * 2048 * 2048 * 3 * 4 / 3 / 1e6  # 16 of noise, in base64


# --- no sense ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "[" * 100 + "]" * 100, "[1" + ",1" * 1_000_000 + "]", '{"a":' * 3000, "x", ""],
)
def test_json_that_is_none_or_meant_to_harm_is_refused(text):
    for form in (text, text.encode()):
        with pytest.raises(ValueError):
            answers.parsed(form)


def test_numbers_are_taken_within_bounds():
    long = "9" * 400
    answer = answers.parsed(f'{{"a": {long}, "b": -{long}, "c": NaN, "d": 1e999, "e": 7}}')
    assert [answers.number(answer[key], 10) for key in "abcde"] == [10, 0, None, 10, 7]
    assert [answers.number(value, 10) for value in (True, None, "1", [1])] == [None] * 4


def changed(webui, **more):
    def answer(job):
        status, answer = webui.img2img(job)
        return status, {**answer, **more}

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        {"parameters": 5},
        {"parameters": ["prompt"]},
        {"info": "[" * 100_000},
        {"info": 5},
        {"info": '{"extra_generation_params": 5}'},
        {"info": '{"extra_generation_params": {"NeuralMaster note": {"a": 1}}}'},
    ],
)
def test_a_result_with_malformed_extras_is_a_result(webui, answer):
    webui.routes[IMG2IMG] = changed(webui, **answer)
    assert img2img(webui) == 0


@pytest.mark.parametrize(
    "progress",
    [
        b'{"progress": NaN, "eta_relative": 1}',
        b'{"progress": 0.5, "eta_relative": %s}' % (b"9" * 400),
        b'{"progress": 1e999, "eta_relative": -1e999}',
        b'{"progress": 0.5, "eta_relative": 3, "state": "x"}',
        b'{"progress": 0.5, "eta_relative": 3, "state": [1]}',
        b'{"progress": true, "eta_relative": "3"}',
        b'{"progress": 0.5}',
    ],
)
def test_odd_progress_does_not_stop_a_job(webui, monkeypatch, progress):
    webui.routes[PROGRESS] = (200, progress)

    def slow(job):
        time.sleep(0.2)
        return webui.img2img(job)

    webui.routes[IMG2IMG] = slow
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert img2img(webui) == 0


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ({IMG2IMG: (422, {"detail": [{"loc": 5, "msg": "no"}]})}, "refused the job: : no"),
        ({IMG2IMG: (422, {"detail": [{"loc": [], "msg": {}}]})}, "refused the job: : {}"),
        ({IMG2IMG: (422, {"detail": {"a": [1]}})}, "refused the job: {'a': [1]}"),
        ({IMG2IMG: (422, b"[" * 100_000)}, "refused the job: Unprocessable "),
        ({IMG2IMG: (200, b"[" * 100_000)}, "is not a WebUI: it sent an unexpected answer"),
        ({PROGRESS: (200, b"[" * 100_000)}, "is not a WebUI: it sent an unexpected answer"),
        ({IMG2IMG: (200, {"images": "abc"})}, "returned no picture: there is none in its answer"),
        (
            {IMG2IMG: (200, {"images": {"a": "b"}})},
            "returned no picture: there is none",
        ),
        ({IMG2IMG: (200, {"images": [5]})}, "returned no picture: it is not in base64"),
        ({IMG2IMG: (200, {"images": ["é"]})}, "returned no picture: "),
        (
            {IMG2IMG: (200, {"images": ["AA=="] * 1001})},
            "returned no picture: expected at most",
        ),
        ({INFO: (200, {"version": "9" * 5000})}, "has NeuralMaster 9999"),
        ({INFO: (404, {}), PROPS: (200, {"version": ["\x1b"]})}, "has NeuralMaster ['"),
        ({INFO: (200, {"version": 5})}, "is not a WebUI: it sent an unexpected answer"),
    ],
)
def test_odd_answers_are_one_line_and_exit_status_3(webui, capsys, routes, said):
    webui.routes.update(routes)
    assert img2img(webui) == 3
    out, err = capsys.readouterr()
    assert err.startswith(f"neuralmaster: {webui.url} {said}")
    assert (out, err.count("\n")) == ("", 1)
    assert len(err) < 700


def test_a_job_that_waits_for_ever_is_not_waited_for_when_it_shall_stop(webui, monkeypatch):
    monkeypatch.setattr(client, "STOPPING", 0.2)
    webui.routes[TASK] = (200, {"queued": True})
    client.WebUI(Address(webui.url))._stop("task")
    assert webui.paths.count(TASK) > 1
