"""What the studio's server gives, to whom, and for how long it keeps a picture."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from tests.browser.person import Person

CLOSED = [
    "/file=README.md",
    "/gradio_api/file=README.md",
    "/file/README.md",
    "/upload",
    "/gradio_api/upload",
    "/proxy=http://127.0.0.1/",
    "/gradio_api/proxy=http://127.0.0.1/",
    "/monitoring",
    "/gradio_api/component_server",
    "/stream/1/2/3/playlist.m3u8",
]
CLIMBING = ["/static/../../README.md", "/assets/%2e%2e/%2e%2e/README.md", "/theme.css/../README.md"]


def ask(url, path, method="GET", **headers):
    """Status, headers and text of an answer; the path goes out as it is."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    for name, value in ({"Host": address.netloc, "Content-Length": "0"} | headers).items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, answer.headers, text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", CLOSED)
def test_no_path_gives_out_a_file_or_takes_one(url, path, method):
    status, headers, text = ask(url, path, method, Origin=url)
    assert status in (404, 405)
    assert "NeuralMaster" not in text
    assert "access-control-allow-origin" not in {name.lower() for name in headers}


@pytest.mark.parametrize("path", CLIMBING)
def test_no_path_climbs_out_of_the_page(url, path):
    status, _, text = ask(url, path)
    assert status in (400, 403, 404)
    assert "NeuralMaster" not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:7860"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/config", "/neuralmaster/v1/studio/key/shown"])
def test_another_site_is_refused(url, path, headers):
    assert ask(url, "/")[0] == 200
    status, sent, text = ask(url, path, "POST" if "studio" in path else "GET", **headers)
    assert status == 403
    assert text.startswith("expected ")
    assert "access-control-allow-origin" not in {name.lower() for name in sent}


STUDIO = "/neuralmaster/v1/studio"


def test_a_closed_page_gives_its_picture_back(browser, url):
    person = Person(browser, url)
    person.load_the_example()
    lease = f"{STUDIO}/{person.page.evaluate('neuralmasterSession.getKey()')}"
    assert json.loads(ask(url, f"{lease}/shown", "POST")[2]) == {"said": ""}
    with person.page.expect_request(lambda asked: asked.url.endswith(f"{lease}/closed")):
        person.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    person.page.wait_for_timeout(300)
    assert "This picture was put away" in json.loads(ask(url, f"{lease}/shown", "POST")[2])["said"]
    assert ask(url, f"{lease}/picture")[0] == 410
    person.context.close()


WITHIN = [
    ("GET", "example"), ("GET", "picture"), ("GET", "filled"), ("GET", "saved"), ("GET", "job"),
    ("GET", "file/mask"), ("GET", "part/mask?box=0,0,1,1&size=1,1"),
    ("POST", "open?name=a&preset=retexture"), ("POST", "act"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), WITHIN)
def test_nothing_is_had_without_the_key_of_a_session(url, method, path):
    status, _, text = ask(url, f"{STUDIO}/{'x' * 22}/{path}", method, Origin=url)
    assert status in (404, 410)
    assert json.loads(text)["detail"].startswith("This page's session is not known")


@pytest.mark.parametrize(("method", "path"), [("POST", ""), *WITHIN])
def test_another_site_can_neither_start_nor_use_a_session(url, method, path):
    key = json.loads(ask(url, STUDIO, "POST", Origin=url)[2])["key"]
    address = f"{STUDIO}/{key}/{path}" if path else STUDIO
    for headers in ({"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
        assert ask(url, address, method, **headers)[0] == 403


def test_a_body_that_is_too_long_is_not_read(url):
    key = json.loads(ask(url, STUDIO, "POST", Origin=url)[2])["key"]
    for path, megabytes in (("open?name=a&preset=retexture", 256), ("act", 64)):
        length = str(megabytes * (1 << 20) + 1)
        status, _, text = ask(url, f"{STUDIO}/{key}/{path}", "POST", **{"Content-Length": length})
        assert status == 413
        assert json.loads(text)["detail"].startswith(f"expected at most {megabytes} MB")
