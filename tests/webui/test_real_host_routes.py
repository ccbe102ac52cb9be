"""The routes in a real WebUI: who gets in, what is refused, and what stays in its memory."""

from __future__ import annotations

import base64
import http.client
import json
import re
import time
import urllib.parse
from contextlib import suppress

import pytest

from tests.pictures import textured_scene
from tests.webui.real_host import PROPS, WebUI, b64, by_name, needs_webui, same
from tests.webui.test_routes import INFO, PREVIEW, bomb, picture

pytestmark = needs_webui

IMAGE, MASK = textured_scene(512, 512)
JOB = {"image": b64(IMAGE), "mask": b64(MASK)}


def ask(webui, method, path, body=None, **headers):
    """The status and the text of an answer. body: bytes, an iterable of them, or JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", webui.port, timeout=120)
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    # it answers before it has read a body that is too large
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request(method, path, body, headers)
    try:
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def login(user, password):
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def statuses(webui, **headers):
    """Of get_props, info and preview."""
    asked = [("GET", PROPS, None), ("GET", INFO, None), ("POST", PREVIEW, JOB)]
    return [ask(webui, *one, **headers)[0] for one in asked]


def test_info(webui):
    told = webui.get(INFO)
    assert (told["name"], told["index"]) == ("NeuralMaster", webui.index)
    assert told["parameters"]["properties"]["method"]["enum"] == [
        "context",
        "classic",
        "mean",
        "texture",
    ]


def test_preview_is_the_prepared_image_of_a_job(webui, command_line):
    status, text = ask(webui, "POST", PREVIEW, {**JOB, "params": {"method": "mean"}})
    made = json.loads(text)
    assert (status, made["applied"], made["reason"]) == (200, True, "")
    prepared, red = command_line.fill(IMAGE, MASK, "--method", "mean")
    assert same(picture(made["image"]), prepared)
    assert same(picture(made["mask"]), red)
    job = webui.img2img(IMAGE, MASK, **by_name(method="mean"))
    assert same(job.run.prepared, prepared)


def too_large():
    for _ in range(200):
        yield bytes(1 << 20)


ATTACKS = {
    "200 megapixels": lambda: (422, {"image": bomb(20000, 10000), "mask": JOB["mask"]}),
    "a bomb": lambda: (422, {"image": JOB["image"], "mask": bomb(60000, 60000)}),
    "too large": lambda: (413, bytes(200 << 20)),
    "too large, in chunks": lambda: (413, too_large()),
    "deep": lambda: (400, b'{"image": ' + b"[" * (1 << 20) + b"]" * (1 << 20) + b"}"),
    "many": lambda: (400, b'{"image": [' + b"[]," * (30 << 20) + b"0]}"),
    "not base64": lambda: (422, {"image": "*" * (1 << 20), "mask": "?"}),
    "not a picture": lambda: (422, {"image": "QUJD" * (1 << 20), "mask": JOB["mask"]}),
    "not JSON": lambda: (400, b"\x00" * (1 << 20)),
}


def test_attacks_are_answered_and_leave_nothing_behind(webui):
    assert statuses(webui) == [200, 200, 200]
    before = webui.memory()
    for attack in ATTACKS.values():
        for _ in range(10):
            expected, body = attack()
            status, text = ask(webui, "POST", PREVIEW, body)
            assert status == expected, text[:300]
            assert len(json.loads(text)["detail"]) < 300
    time.sleep(1)
    assert webui.memory() - before < 100
    assert statuses(webui) == [200, 200, 200]
    _, _, since = webui.log().partition("Startup time")
    assert "Traceback" not in since


@pytest.mark.parametrize("flags", [(), ("--nowebui",)])
def test_with_the_login_of_the_api_only_get_props_is_open(tmp_path, flags):
    with WebUI(tmp_path, "--api-auth", "ann:s3cret,bob:other", *flags) as webui:
        assert statuses(webui) == [200, 401, 401]
        assert statuses(webui, **login("ann", "s3cret")) == [200, 200, 200]
        assert statuses(webui, **login("bob", "other")) == [200, 200, 200]
        assert statuses(webui, **login("ann", "other")) == [200, 401, 401]
        status, text = ask(webui, "GET", INFO)
        assert json.loads(text)["detail"] == (
            "expected the user and password that this WebUI was started with, by HTTP Basic"
        )


def test_with_a_login_for_the_page_its_cookie_or_basic_opens(tmp_path):
    with WebUI(tmp_path, "--gradio-auth", "ann:s3:cret") as webui:
        assert statuses(webui) == [200, 401, 401]
        assert statuses(webui, **login("ann", "s3:cret")) == [200, 200, 200]
        assert statuses(webui, **login("ann", "s3")) == [200, 401, 401]
        cookie = logged_in(webui, "ann", "s3:cret")
        assert statuses(webui, Cookie=cookie) == [200, 200, 200]
        forged = re.sub(r"=[^;]+", "=forged", cookie)
        assert statuses(webui, Cookie=forged) == [200, 401, 401]


def logged_in(webui, user, password):
    """The cookie of a person who has logged in to the page."""
    connection = http.client.HTTPConnection("127.0.0.1", webui.port, timeout=60)
    form = urllib.parse.urlencode({"username": user, "password": password})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", form, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    cookies = answer.msg.get_all("Set-Cookie")
    connection.close()
    return "; ".join(cookie.partition(";")[0] for cookie in cookies)


def test_without_the_hosts_api_the_routes_are_there(tmp_path):
    with WebUI(tmp_path, api=False) as webui:
        assert ask(webui, "GET", "/sdapi/v1/scripts")[0] == 404
        assert statuses(webui) == [200, 200, 200]
