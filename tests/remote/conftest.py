from collections.abc import Iterator
from pathlib import Path

import pytest

from neuralmaster.remote import client
from tests.fake_webui import FakeWebUI
from tests.pictures import textured_scene


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """image.png and mask.png in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEURALMASTER_AUTH", raising=False)
    monkeypatch.setattr(client, "POLL", 0.02)
    monkeypatch.setattr(client.WebUI, "_waits", lambda self: iter([None]))
    image, mask = textured_scene(40, 32)
    image.save("image.png")
    mask.save("mask.png")


@pytest.fixture
def webui(job: None) -> Iterator[FakeWebUI]:
    with FakeWebUI() as fake:
        yield fake
