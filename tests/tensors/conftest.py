"""Each test runs both ways: through the pipeline, and in torch as on a GPU."""

import pytest


@pytest.fixture(autouse=True, params=["pipeline", "torch"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    from neuralmaster.tensors import batch, device  # noqa: PLC0415 - torch may not be there

    if request.param == "torch":
        monkeypatch.setattr(batch, "_stays", lambda job: device.can_fill(job.params))
