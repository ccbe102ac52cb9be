"""Odd requests to a real WebUI: each is answered or refused in one sentence, and it goes on.

What is sent is drawn from the JSON Schema that the host itself gives out, and beside it. The draws
are the same in every run.
"""

from __future__ import annotations

import base64
import http.client
import json
import urllib.parse
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.pictures import textured_scene
from tests.webui.real_host import PROPS, b64, by_position, needs_webui
from tests.webui.test_real_host_routes import ask, statuses
from tests.webui.test_routes import INFO, PREVIEW, picture

pytestmark = needs_webui

IMAGE, MASK = textured_scene(64, 64)
LONGEST = 420  # characters of a refusal; the name of the extension comes first in a job's
HANGS = 20  # seconds in which a server that only tells its version has answered
SMALL = {"width": 64, "height": 64, "steps": 1}
PICTURES = (
    *(b64(IMAGE.convert(mode)) for mode in ("RGB", "RGBA", "L", "LA", "P", "1", "I;16")),
    *(b64(MASK.resize(size)) for size in ((64, 64), (1, 1), (3, 200))),
    *(b64(Image.new("RGBA", (64, 64), colour)) for colour in ("#f00f", "#0000", "#888f")),
    "data:image/png;base64," + b64(MASK),
)
BROKEN = (b64(MASK)[:200], b64(MASK)[:-200], "data:image/png;base64,", "AAAA", "é", "")

texts = st.text(st.characters(), max_size=20)  # lone surrogates too, which UTF-8 has no place for
numbers = st.integers() | st.floats() | st.sampled_from([10**400, -(10**20), 2**64, 5e-324])
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts | st.sampled_from(PICTURES + BROKEN),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
pictures = st.sampled_from(PICTURES)
often = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(webui):
    return webui.get(INFO)["parameters"]


@pytest.fixture(autouse=True)
def goes_on(webui):
    """After a test: it answers in good time, and nothing of ours has failed inside."""
    yield
    connection = http.client.HTTPConnection("127.0.0.1", webui.port, timeout=HANGS)
    connection.request("GET", PROPS)
    assert connection.getresponse().status == 200
    connection.close()
    assert statuses(webui) == [200, 200, 200]
    assert webui.failures() == []


def mostly(fitting: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Three fitting values to one that is anything."""
    return st.sampled_from([True, True, True, False]).flatmap(
        lambda fits: fitting if fits else anything
    )


def fitting(spec: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of one parameter's schema, its limits among them."""
    if "enum" in spec:
        return st.sampled_from(spec["enum"])
    if spec["type"] in ("number", "integer"):
        low, high = spec["minimum"], spec["maximum"]
        return st.sampled_from([low, high]) | st.floats(low, high) | st.integers(low, high)
    if "pattern" in spec:
        return st.from_regex(spec["pattern"], fullmatch=True)
    assert spec["type"] in ("string", "boolean"), spec
    return pictures if spec["type"] == "string" else st.booleans()


def parameters(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the parameters by name, and now and then one that there is not."""
    known = {name: mostly(fitting(spec)) for name, spec in schema["properties"].items()}
    fixed = st.fixed_dictionaries({}, optional={**known, "enabled": mostly(st.booleans())})
    strange = st.just({}) | st.just({}) | st.dictionaries(texts, anything, max_size=1)
    return st.builds(lambda one, more: {**more, **one}, fixed, strange)


def requests(schema: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Bodies for the preview: nearly right ones, other JSON, and no JSON at all."""
    optional = {
        "params": mostly(parameters(schema)),
        "invert": mostly(st.booleans()),
        "seed": mostly(st.integers(0, 2**32)),
    }
    near = st.fixed_dictionaries(
        {"image": mostly(pictures), "mask": mostly(pictures)}, optional=optional
    )
    strange = st.dictionaries(texts | st.sampled_from(["image", "mask", *optional]), anything)
    coded = (near | near | near | strange | anything).map(lambda body: json.dumps(body).encode())
    cut = st.builds(lambda body, at: body[: int(len(body) * at)], coded, st.floats(0, 1))
    return coded | coded | coded | cut | st.binary(max_size=200)


def no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def echoed_by_the_host(arguments: Any) -> bool:
    """Whether the host's API can answer a job with its arguments, as it does: by orjson."""
    whole: list[int] = []

    def kept(digits: str) -> int:
        whole.append(int(digits))
        return whole[-1]

    text = json.dumps(arguments, ensure_ascii=False)
    json.loads(text, parse_int=kept)
    inside = all(-(2**63) <= number < 2**64 for number in whole)
    return inside and not any("\ud800" <= sign <= "\udfff" for sign in text)


def told(status: int, text: str) -> dict[str, Any]:
    """The answer; asserts that a refusal is a client error in one sentence."""
    assert status == 200 or 400 <= status < 500, (status, text[:1000])
    answer = json.loads(text, parse_constant=no_constant)
    if status != 200:
        detail = answer["detail"]
        assert isinstance(detail, str), detail
        assert 0 < len(detail.strip()) <= LONGEST, detail
        assert detail.isprintable(), detail
        assert "Traceback" not in detail
    return answer


@settings(often, max_examples=300)
@given(data=st.data())
def test_every_preview_is_made_or_refused(webui, schema, data):
    body = data.draw(requests(schema))
    status, text = ask(webui, "POST", PREVIEW, body)
    answer = told(status, text)
    if status == 200:
        given_image = json.loads(body)["image"].rpartition(",")[2]
        size = picture(given_image).size
        assert picture(answer["image"]).size == picture(answer["mask"]).size == size


@settings(often, max_examples=60)
@given(
    path=st.sampled_from([PROPS, INFO]),
    query=texts.filter(lambda text: text.isascii() or text.isprintable()),
    header=st.binary(max_size=20),
    body=st.binary(max_size=50),
)
def test_what_is_told_does_not_depend_on_how_it_is_asked(webui, path, query, header, body):
    expected = webui.get(path)
    login = f"Basic {base64.b64encode(header).decode()}"
    address = f"{path}?{urllib.parse.quote(query, errors='replace')}"
    assert told(*ask(webui, "GET", address, body, Authorization=login)) == expected


@settings(often, max_examples=30)
@given(
    method=st.sampled_from(["POST", "PUT", "DELETE", "PATCH", "GET"]),
    path=st.sampled_from([PROPS, INFO, PREVIEW]),
    body=st.binary(max_size=50),
)
def test_another_method_is_refused(webui, method, path, body):
    if (method == "GET") != (path == PREVIEW):
        method = "PUT"
    status, text = ask(webui, method, path, body)
    told(status, text)
    assert status == 405


@settings(often, max_examples=60)
@given(data=st.data())
def test_every_job_with_odd_arguments_is_done_or_refused(webui, schema, data):
    named = st.tuples(parameters(schema))
    positional = st.lists(anything, max_size=9)
    switched_on = positional.map(lambda given: [True, *given])
    arguments = data.draw(named | named | switched_on | positional)
    answer = webui.img2img(IMAGE, MASK, **SMALL, **by_position(*arguments))
    if answer.status == 500 and not echoed_by_the_host(arguments):
        assert "postprocess" in answer.run.stages()  # the job itself was done
        return
    told(answer.status, json.dumps(answer.body))
    if answer.status == 200:
        assert answer.images[0].size == IMAGE.size
