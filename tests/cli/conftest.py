from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from neuralmaster.remote import client
from tests.cli.folders import NAMES, made
from tests.fake_webui import FakeWebUI
from tests.pictures import textured_scene


@pytest.fixture
def webui(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWebUI]:
    monkeypatch.setattr(client, "POLL", 0.05)
    monkeypatch.setattr(client.WebUI, "_waits", lambda self: iter([0.01] * 9 + [None]))
    monkeypatch.delenv("NEURALMASTER_AUTH", raising=False)
    with FakeWebUI() as fake:
        yield fake


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Image.Image, Image.Image]:
    """image.png and mask.png in the working directory."""
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(91, 70)
    image.save("image.png")
    mask.save("mask.png")
    return image, mask


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Image.Image, Image.Image]:
    """image.png, mask.png, and as folders images/ and masks/, in the working directory."""
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(40, 32)
    for folder in (".", "images", "masks", "out"):
        Path(folder).mkdir(exist_ok=True)
    image.save("image.png")
    mask.save("mask.png")
    for name in "abc":
        image.save(f"images/{name}.png")
        mask.save(f"masks/{name}.png")
    return image, mask


@pytest.fixture
def folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, tuple[Image.Image, Image.Image]]:
    """images/ and masks/ in the working directory; gives {name: (image, mask)}."""
    monkeypatch.chdir(tmp_path)
    return made(NAMES)
