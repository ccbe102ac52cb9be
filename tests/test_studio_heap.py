"""Memory that pages held goes back to the system."""

import platform
import subprocess
import sys

import pytest

from neuralmaster.studio import heap, sessions
from neuralmaster.studio.desk import Desk
from tests.pictures import ROOT, textured_scene

# Twenty pictures, each a block of 16 MB, are made in another thread and dropped again.
DROPPED = """
import threading
from pathlib import Path
from PIL import Image
from neuralmaster.studio import heap

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 10**6

kept = []

def work():
    for _ in range(3):
        pictures = [Image.new("RGB", (2000, 2000)) for _ in range(20)]
        kept.append([bytes(100) for _ in range(1000)])
        del pictures

before = megabytes()
thread = threading.Thread(target=work)
thread.start()
thread.join()
dropped = megabytes()
heap.give_back()
print(dropped - before, megabytes() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc, whose heaps these are")
def test_what_threads_have_freed_goes_back_to_the_system():
    told = subprocess.run(
        [sys.executable, "-c", DROPPED], cwd=ROOT, capture_output=True, check=True, text=True
    )
    dropped, given_back = map(int, told.stdout.split())
    assert dropped > 200  # megabytes; else there is nothing to give back any more
    assert given_back < 50


def test_without_glibc_nothing_happens(monkeypatch):
    heap._malloc_trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "win32")
    heap.give_back()
    heap._malloc_trim.cache_clear()


@pytest.fixture
def given_back(monkeypatch):
    """How often memory was given back, and how many bytes are needed for it: one small desk's."""
    times = []
    size = Desk.open(textured_scene(300, 200)[0], "a").memory()
    monkeypatch.setattr(heap, "give_back", lambda: times.append(1))
    monkeypatch.setattr(sessions, "FREED", 2 * size)
    return times


def opened(held):
    session = sessions.Session(held)
    session.put(Desk.open(textured_scene(300, 200)[0], "a"))
    return session


def test_it_is_given_back_whenever_pages_have_left_enough_of_it(given_back):
    held = sessions.Sessions()
    pages = [opened(held) for _ in range(4)]
    counts = []
    for page in pages:
        held.hear(page.key, "closed")
        counts.append(len(given_back))
    assert counts == [0, 1, 1, 2]


def test_it_is_given_back_after_a_view_of_a_large_picture(given_back, monkeypatch):
    session = opened(sessions.Sessions())
    session.view(lambda desk: desk)
    assert given_back == []
    monkeypatch.setattr("neuralmaster.studio.opened.LARGE", 300 * 200 - 1)
    session.view(lambda desk: desk)
    assert given_back == [1]


def test_what_an_event_leaves_after_its_page_has_closed_is_given_back_later(
    given_back, monkeypatch
):
    monkeypatch.setattr(sessions, "SWEEP", 0.01)
    monkeypatch.setattr(sessions, "FREED", 1)
    before = sessions.threading.enumerate()
    held = sessions.Sessions()
    session = sessions.Session(held)
    session.lease = 0.0
    session.put(Desk.open(textured_scene(300, 200)[0], "a"))
    assert (session.desk, held.held()) == (None, 0)
    for thread in sessions.threading.enumerate():
        if thread not in before:
            thread.join(30)
    assert given_back == [1] * (1 + sessions.AGAIN)  # a request under way may have kept some
