"""What a server may send: control characters, logins, addresses."""

import base64
import json

import pytest

from neuralmaster.cli import main
from neuralmaster.remote import answers, client
from neuralmaster.remote.address import WebUIError
from tests.fake_webui import INFO
from tests.remote.server import SECRET, img2img, send, serving


def changed(webui, **more):
    def answer(job):
        status, answer = webui.img2img(job)
        return status, {**answer, **more}

    return answer


# --- not meant to be seen ---------------------------------------------------------------------

NASTY = "\x1b]0;title\x07\x1b[31mred\r\n\u202e\x9b1m\ud800 end"
LOGINS = [SECRET, "s3cret", base64.b64encode(SECRET.encode()).decode(), "ann%3As3cret"]


def with_detail(text):
    return (500, json.dumps({"detail": text}).encode())


@pytest.mark.parametrize(
    "answer",
    [
        with_detail(NASTY),
        (307, {}, {"Location": "http://\x1b[31m\x9b"}),
    ],
)
def test_control_characters_of_a_server_are_not_printed(webui, capsys, answer):
    webui.routes[INFO] = answer
    assert img2img(webui) == 3
    assert capsys.readouterr().err[:-1].isprintable()


def test_control_characters_in_a_note_are_not_printed(webui, capsys):
    webui.note = NASTY
    assert img2img(webui) == 0
    err = capsys.readouterr().err
    assert err == "neuralmaster: warning: ]0;title [31mred 1m end\n"
    assert img2img(webui, "--json") == 0
    assert json.loads(capsys.readouterr().out)["note"] == "]0;title [31mred 1m end"


@pytest.mark.parametrize("login", LOGINS)
def test_a_server_that_echoes_the_login_does_not_get_it_printed(webui, capsys, login):
    long = "x" * (answers.LONGEST - 4) + login  # also not a part of it, where a text is cut
    note = f"a {login} b"
    for answer in (with_detail(login), with_detail(long), (307, {}, {"Location": f"//{login}@h"})):
        webui.routes[INFO] = answer
        assert img2img(webui, "--auth", SECRET) == 3
    webui.routes.pop(INFO)
    webui.note = note
    assert img2img(webui, "--auth", SECRET, "--local") == 0
    out, err = capsys.readouterr()
    assert "s3cr" not in out + err
    assert base64.b64encode(SECRET.encode()).decode()[:8] not in out + err
    assert "warning: a *** b\n" in err


def test_a_status_line_that_echoes_the_login_is_not_printed():
    for content in (b"Basic s3cret\r\n\r\n", b"HTTP/1.0 500 s3cret\r\n\r\n"):
        with serving(send(content)) as webui, pytest.raises(WebUIError) as error:
            webui.ask("/")
        assert "s3cret" not in str(error.value)


def test_a_short_password_is_hidden_where_it_stands_alone():
    assert answers.shown("cat: a, b:a", "b:a") == "cat: ***, ***"
    assert answers.shown("the cat sat", "b:a") == "the cat sat"
    assert answers.shown("no login", "") == "no login"


@pytest.mark.parametrize(
    "url",
    [
        "http://user:78#99@host",
        "http://user:78?99@host",
        "http://user:78/99@host",
        "user:78#99@host",
        "http://ho\x1b[31mst",
        "http://ho st",
        "http://host/a b",
    ],
)
def test_an_invalid_address_is_neither_used_nor_quoted(job, capsys, monkeypatch, url):
    monkeypatch.setattr(client.WebUI, "info", None)
    assert main(["img2img", "image.png", "mask.png", "-o", "out.png", "--url", url]) == 2
    err = capsys.readouterr().err
    assert err.startswith("neuralmaster: expected an address ")
    assert not any(part in err for part in ("user", "99", "\x1b["))


def test_a_host_name_that_cannot_be_is_unreachable(job, capsys):
    host = "x" * 70 + ".example"
    status = main(["img2img", "image.png", "mask.png", "-o", "out.png", "--url", f"http://{host}"])
    assert status == 3
    assert f"http://{host} cannot be reached: " in capsys.readouterr().err
