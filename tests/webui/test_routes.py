"""The routes and who may use them, on the fake host."""

import base64
import io
import json
import struct
import warnings
import zlib

import pytest
from PIL import Image

from neuralmaster import FillParams, __version__, preprocess
from neuralmaster.fills import FILLS
from neuralmaster.params import all_specs
from tests.pictures import textured_scene

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own, at import; not ours to mend
    from fastapi import FastAPI, Request
    from fastapi.testclient import TestClient

PROPS = "/neuralmaster_inpainter/get_props"
INFO = "/neuralmaster/v1/info"
PREVIEW = "/neuralmaster/v1/preview"
IMAGE, MASK = textured_scene(64, 64)


def b64(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def picture(text):
    return Image.open(io.BytesIO(base64.b64decode(text)))


@pytest.fixture
def client(host):
    """The routes as they are when the server has started; `client.user` is who has logged in."""

    def start(**flags):
        vars(host.parsed_flags).update(flags)
        app = FastAPI()

        @app.get("/user")
        def user(request: Request):
            return "somebody" if request.cookies.get("login") == "fits" else None

        for callback in host.callbacks["app_started"]:
            callback(None, app)
        return TestClient(app)

    return start


def job(**more):
    return {"image": b64(IMAGE), "mask": b64(MASK), **more}


def test_info_tells_what_a_client_needs(host, client):
    host.add_settings()
    host.opts.data["neuralmaster_method"] = "mean"
    told = client().get(INFO).json()
    parameters = told.pop("parameters")
    assert told == {
        "version": __version__,
        "name": "NeuralMaster",
        "index": 4,
        "limits": {"megapixels": 89.0, "request_megabytes": 128.0},
    }
    known = parameters["properties"]
    assert list(known) == [*all_specs(), "object_mask"]
    assert known["method"]["enum"] == list(FILLS)
    assert known["method"]["default"] == "mean"
    assert known["source"]["enum"] == ["green", "alpha", "all", "auto", "upload"]
    assert (known["feather"]["minimum"], known["feather"]["maximum"]) == (0, 512)
    assert parameters["additionalProperties"] is False


def test_preview_gives_what_the_library_gives(client):
    made = client().post(PREVIEW, json=job(params={"method": "mean", "feather": 9})).json()
    expected = preprocess(IMAGE, MASK, FillParams(method="mean", feather=9))
    assert picture(made["image"]).tobytes() == expected.image.tobytes()
    assert picture(made["mask"]).tobytes() == expected.inpaint_mask.tobytes()
    assert (made["applied"], made["reason"], made["notes"]) == (True, "", [])
    statistics = made["statistics"]
    assert statistics.pop("milliseconds") > 0
    assert statistics == {
        "width": 64,
        "height": 64,
        "useful": expected.useful,
        "mean": list(expected.mean),
    }


def test_preview_follows_the_defaults_of_the_settings(host, client):
    host.add_settings()
    host.opts.data["neuralmaster_method"] = "classic"
    made = client().post(PREVIEW, json=job(invert=True)).json()
    expected = preprocess(IMAGE, MASK, FillParams(method="classic"), invert=True)
    assert picture(made["image"]).tobytes() == expected.image.tobytes()


def test_preview_tells_a_fallback(client):
    made = client().post(PREVIEW, json=job(mask=b64(MASK.getchannel("R")))).json()
    assert picture(made["image"]).tobytes() == IMAGE.tobytes()
    assert made["applied"] is False
    assert made["reason"].startswith("Original is used: the mask's red and green channels match")


def bomb(width, height):
    """A small PNG file of a huge picture."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(png).decode()


EPS = base64.b64encode(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n").decode()
FORM = "expected a JSON object of image, mask, params, invert, seed; got "
OF_THE_WEB = "expected a picture (PNG, JPEG, WEBP, BMP, GIF), got a file of another kind"
REFUSED = {
    "no image": ({"mask": b64(MASK)}, 400, FORM + "no image"),
    "nothing": ({}, 400, FORM + "no image, no mask"),
    "a list": ([], 400, FORM + "list"),
    "another field": (job(size=3), 400, FORM + "'size'"),
    "params": (job(params=[]), 422, "params: expected an object, got list"),
    "invert": (job(invert="no"), 422, "invert: expected true or false, got 'no'"),
    "seed": (job(seed="1"), 422, "seed: expected a whole number, got '1'"),
    "method": (job(params={"method": "x"}), 422, f"method: expected one of {', '.join(FILLS)}"),
    "unknown": (job(params={"size": 3}), 422, "expected enabled, method, source, feather, "),
    "both": (
        job(params={"source": "all", "object_mask": b64(MASK)}), 422,
        "object_mask: expected it only with source 'upload', got source 'all'",
    ),
    "no object": (
        job(params={"source": "upload"}), 422,
        "object_mask: expected a picture of the useful object, got none; upload one, ",
    ),
    "not base64": (job(image="*"), 422, "image: expected a picture in base64, got other text"),
    "not text": (job(mask=3), 422, "mask: expected a picture in base64, got int"),
    "no picture": (job(image="aGVsbG8="), 422, f"image: {OF_THE_WEB}"),
    "a program": (job(image=EPS), 422, f"image: {OF_THE_WEB}"),
    "a bomb": (job(image=bomb(20000, 10000)), 422, "image: expected at most 89 megapixels, got m"),
    "a huge bomb": (job(mask=bomb(60000, 60000)), 422, "mask: expected at most 89 megapixels"),
    "half a picture": (job(image=bomb(90, 90)), 422, "image: cannot be read: the picture is dam"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_whatever_is_wrong_is_told_in_one_sentence(client, name):
    sent, status, sentence = REFUSED[name]
    answer = client().post(PREVIEW, json=sent)
    assert answer.status_code == status
    assert answer.json()["detail"].startswith(sentence)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "Expecting value"),
        (b"\xff\xfe{", ""),
        (b'{"image": ', "Expecting value"),
        (b"[" * 5000, "got far more values than that"),
        (b'{"image": [' + b"0," * 5000 + b"0]}", "got far more values than that"),
        (b'{"image": ' + b"9" * 5000 + b"}", "Exceeds the limit"),
        (b'{"image": "", "mask": "", "\\ud800": null}', r"seed; got '\ud800'"),  # not in UTF-8
    ],
)
def test_a_body_that_is_no_job_is_refused(client, body, sentence):
    answer = client().post(PREVIEW, content=body)
    assert answer.status_code == 400
    assert sentence in answer.json()["detail"]


def test_a_large_body_is_refused_by_its_length_and_while_it_comes(client):
    limited = client(neuralmaster_max_request_mb=0.01)
    assert limited.post(PREVIEW, content=b"x" * 10000).status_code == 400
    announced = limited.post(PREVIEW, content=b"x" * 11000)
    chunked = limited.post(PREVIEW, content=(b"x" * 1000 for _ in range(11)))
    lying = limited.post(PREVIEW, content=b"x", headers={"Content-Length": "-1"})
    for answer in (announced, chunked, lying):
        assert answer.status_code == 413
        assert answer.json()["detail"] == "expected at most 0.01 MB, got more; scale the image down"


OPEN, GUARDED = [("GET", PROPS)], [("GET", INFO), ("POST", PREVIEW)]
SENTENCE = "expected the user and password that this WebUI was started with, by HTTP Basic"


def statuses(client, routes, **more):
    sent = [client.request(method, path, json=job(), **more) for method, path in routes]
    for answer in sent:
        if answer.status_code == 401:
            assert answer.json()["detail"] == SENTENCE
            assert answer.headers["WWW-Authenticate"] == "Basic"
    return {answer.status_code for answer in sent}


def test_without_a_login_every_route_is_open(client):
    assert statuses(client(), OPEN + GUARDED) == {200}


FITS = ("ann", "s3cret:x")
LOGINS = [
    ("ann", "wrong"),
    ("anna", "s3cret:x"),
    ("", ""),
    ("ann", "s3cret:x "),
    ("bob", "s3cret:x"),
]


def test_the_login_of_the_api_guards_all_but_get_props(host, client):
    host.logins = [("page", "page")]
    started = client(api_auth="ann:s3cret:x,bob:pässword")
    assert statuses(started, OPEN) == {200}
    assert statuses(started, GUARDED) == {401}
    assert statuses(started, GUARDED, auth=FITS) == {200}
    for login in [*LOGINS, ("page", "page")]:
        assert statuses(started, GUARDED, auth=login) == {401}
    for header in ("Basic", "Basic *", "Bearer x", "Basic " + "A" * 9):
        assert statuses(started, GUARDED, headers={"Authorization": header}) == {401}
    assert statuses(started, GUARDED, headers={"Cookie": "login=fits"}) == {401}


def test_the_login_of_the_page_guards_by_its_cookie_or_by_basic(host, client):
    host.logins = [FITS]
    started = client()
    assert statuses(started, OPEN) == {200}
    assert statuses(started, GUARDED) == {401}
    for login in LOGINS:
        assert statuses(started, GUARDED, auth=login) == {401}
    assert statuses(started, GUARDED, auth=FITS) == {200}
    assert statuses(started, GUARDED, headers={"Cookie": "login=fits"}) == {200}
    assert statuses(started, GUARDED, headers={"Cookie": "login=other"}) == {401}


def test_the_form_is_json(client):
    answer = client().get(INFO)
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.text)["index"] == 4


def test_pages_of_other_sites_are_refused_unless_the_host_lets_them_in(client):
    started = client()
    for origin, status in (("http://testserver", 200), ("http://evil.example", 403), ("null", 403)):
        assert statuses(started, GUARDED, headers={"Origin": origin}) == {status}
    listed = client(cors_allow_origins="http://a.example,http://b.example")
    assert statuses(listed, GUARDED, headers={"Origin": "http://b.example"}) == {200}
    assert statuses(listed, GUARDED, headers={"Origin": "http://c.example"}) == {403}


def test_of_bodies_that_wait_count_and_bytes_are_bounded(client):
    started = client(neuralmaster_max_request_mb=0.01)
    waiting = started.app.state.neuralmaster_bodies
    waiting.count = 8
    answer = started.post(PREVIEW, content=b"x")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "8 requests are waiting already" in answer.json()["detail"]
    waiting.count, waiting.bytes = 0, 2 * 10485
    assert started.post(PREVIEW, content=b"x" * 1000).status_code == 503
    waiting.bytes = 0
    assert started.post(PREVIEW, content=b"x").status_code == 400
    assert (waiting.count, waiting.bytes) == (0, 0)
