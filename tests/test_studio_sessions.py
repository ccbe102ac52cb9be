"""The studio's uploads, sessions and gate."""

import base64

import pytest

from neuralmaster import files
from neuralmaster.studio import canvas, desk, gate, sessions, tools, view
from neuralmaster.studio.desk import Desk, Stroke
from tests.pictures import ROOT, textured_scene

DOT = Stroke(desk.INPAINT, tools.PAINT, ((0.5, 0.5),), 0.3)


@pytest.fixture
def opened():
    return Desk.open(textured_scene(300, 200)[0], "scene.png")


def test_a_picture_too_large_to_be_read_again_is_not_made(opened):
    with pytest.raises(
        ValueError, match="at most 89 megapixels, got 10300x10200: extend the picture by less"
    ):
        opened.extended((0, 0, 10000, 10000))


def test_files_come_as_data_urls_alone():
    content = base64.b64encode(files.encoded(textured_scene(64, 48)[0], ROOT / "a.png")).decode()
    image, name = canvas.picture("C:\\folder\\mine.png", f"data:image/png;base64,{content}")
    assert (image.size, name) == ((64, 48), "mine.png")
    path = str(ROOT / "docs" / "example" / "image.png")
    for wrong in (path, {"name": path, "is_file": True}, {"path": path}, None, "", f"file:{path}"):
        with pytest.raises(ValueError, match=r"a\.png: expected a picture that the page was given"):
            canvas.picture("../a.png", wrong)
    eps = base64.b64encode(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n").decode()
    with pytest.raises(ValueError, match="got a file of another kind"):
        canvas.picture("a.eps", f"data:image/eps;base64,{eps}")


@pytest.fixture
def held():
    """The sessions of a server whose clock the test turns, with room for two small desks."""
    now = [0.0]
    size = Desk.open(textured_scene(300, 200)[0], "a").memory()
    made = sessions.Sessions(limit=2.5 * size, clock=lambda: now[0])
    return made, now


def a_session(held):
    session = sessions.Session(held)
    session.put(Desk.open(textured_scene(300, 200)[0], "a"))
    return session


def test_what_a_closed_page_held_is_freed_at_once(held):
    made, _ = held
    session = a_session(made)
    assert made.held() == session.desk.memory() > 0
    assert made.hear("of nobody", "closed") == ""
    assert session.desk
    made.hear(session.key, "closed")
    assert (session.desk, made.held()) == (None, 0)


@pytest.mark.parametrize(("page", "seconds"), [("shown", 180), ("hidden", 3600), ("left", 600)])
def test_what_a_silent_page_held_is_freed_after_a_while(held, page, seconds):
    made, now = held
    session = a_session(made)
    made.hear(session.key, page)
    now[0] = seconds - 1
    made.hear(session.key, page)
    assert session.desk
    now[0] += seconds
    assert made.hear(session.key, page) == ""  # it is heard of just in time
    other = a_session(made)
    now[0] += seconds
    made.keep(other)
    assert session.desk is None
    assert made.hear(session.key, page) == sessions.SILENT


def test_the_oldest_is_put_away_if_pages_hold_too_much(held):
    made, _ = held
    first, second = a_session(made), a_session(made)
    first.view(lambda d: d)
    third = a_session(made)
    assert first.desk
    assert third.desk
    assert second.desk is None
    with pytest.raises(
        sessions.LostError, match="put away, the oldest first: open pages may hold 512 MB"
    ):
        second.act(0, [])
    assert made.hear(second.key, "shown") == sessions.CROWDED
    second.put(first.desk)
    assert made.hear(second.key, "shown") == ""


def test_acts_are_done_once_however_often_they_come(held):
    session = a_session(held[0])
    acts = [{"act": "edit", "layer": "inpaint", "edit": "invert", "pixels": 0} for _ in range(3)]
    after, refused = session.act(0, acts[:2])
    assert (refused, session.done, len(after.past)) == ("", 2, 2)
    again, _ = session.act(0, acts[:2])
    assert again is after
    more, _ = session.act(1, acts[1:])
    assert (session.done, len(more.past)) == (3, 3)
    with pytest.raises(sessions.LostError, match="acts are missing"):
        session.act(4, acts)
    session.put(more)
    assert session.done == 0


def test_a_fill_begins_anew_once_an_act_has_changed_the_desk(held):
    session = a_session(held[0])
    session.put(session.desk.with_params(method="texture").drawn(DOT))
    shrink = {"act": "edit", "layer": "inpaint", "edit": "shrink", "pixels": 5}
    seen, shares = [], []

    def look(desk, goes_on):
        def progress(share):
            shares.append(share)
            if len(shares) == 10:
                session.act(0, [shrink])
            return goes_on(share)

        seen.append(desk)
        return view.filled(desk, progress)

    made = session.follow(look)
    assert len(seen) == 2
    assert shares[10] < shares[9]  # none was told of the first fill after the act
    assert seen[1] is session.desk
    assert made == view.filled(session.desk)


def test_a_session_is_found_by_its_key_as_long_as_it_may_be_needed(held, monkeypatch):
    made, now = held
    session = made.start()
    assert made.find(session.key) is session
    with pytest.raises(sessions.LostError, match="This page's session is not known"):
        made.find("another")
    now[0] = sessions.HOUR - 1
    made.start()
    assert made.find(session.key) is session
    session.put(Desk.open(textured_scene(30, 20)[0], "a"))
    idle = made.start()
    now[0] = 2 * sessions.HOUR
    session.view(lambda d: d)  # in use
    made.start()
    assert made.find(session.key) is session
    with pytest.raises(sessions.LostError):
        made.find(idle.key)
    monkeypatch.setattr(sessions, "MOST", 3)
    later = [made.start() for _ in range(4)]
    assert made.find(session.key) is session
    assert made.find(later[-1].key) is later[-1]
    with pytest.raises(sessions.LostError):
        made.find(later[0].key)


def refusal(path="/run/predict", method="POST", **headers):
    sent = {"host": "127.0.0.1:7860", **headers}
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in sent.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    return gate.Gate(None, gate.LOCAL | {"studio.lan"})._refusal(scope)[0]


def test_the_gate_lets_the_studios_own_page_in_alone():
    for host in ("127.0.0.1:7860", "localhost", "LOCALHOST:1", "[::1]:7860", "studio.lan:80"):
        assert refusal(host=host) == 0
        assert refusal(host=host, origin=f"http://{host}") == 0
    for host in ("", "evil.example", "127.0.0.1.evil.example", "a@127.0.0.1", "127.0.0.1:x"):
        assert refusal(host=host) == 403
    for origin in ("null", "http://evil.example", "http://127.0.0.1:1", "http://127.0.0.1:78600"):
        assert refusal(origin=origin) == 403
    assert refusal("/", "GET", sec_fetch_site="cross-site") == 403
    opened = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert refusal("/", "GET", sec_fetch_site="cross-site", **opened) == 0
    assert refusal("/config", "GET", sec_fetch_site="same-site", **opened) == 403


@pytest.mark.parametrize(
    "path",
    ["/file=README.md", "/file/README.md", "/upload", "/proxy=http://a", "/gradio_api/file=a",
     "/gradio_api/upload", "/gradio_api/component_server", "/monitoring", "/openapi.json"],
)  # fmt: skip
def test_the_gate_knows_no_path_that_the_page_does_not_need(path):
    assert refusal(path, "GET") == 404
