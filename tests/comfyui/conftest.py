from collections.abc import Iterator

import pytest

from tests.comfyui.host import ComfyUI


@pytest.fixture(scope="session")
def comfyui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyUI]:
    """A real ComfyUI with the nodes."""
    with ComfyUI(tmp_path_factory.mktemp("comfyui")) as running:
        yield running
