"""While pictures are filled, the host's progress says so; afterwards it says nothing of ours."""

import sys

import pytest

from neuralmaster import FillParams, preprocess
from tests.pictures import textured_scene
from tests.webui.jobs import job, same


class State:
    """The host's state of a run; it keeps all that it was told."""

    def __init__(self):
        self.said = []

    @property
    def textinfo(self):
        return self.said[-1]

    @textinfo.setter
    def textinfo(self, text):
        self.said.append(text)


@pytest.fixture
def state(host, monkeypatch):
    state = State()
    monkeypatch.setattr(sys.modules["modules.shared"], "state", state, raising=False)
    return state


def test_each_picture_is_told_and_nothing_is_left(state, process):
    image, mask = textured_scene(64, 64)
    args = ({"method": "texture"},)
    fields = {"image_mask": mask, "inpainting_fill": 4, "script_args": args, "batch_size": 2}
    p, _ = process(init_images=[image, image.copy()], seed=1, **fields)
    assert state.said == [
        "NeuralMaster: filling picture 1 of 2",
        "NeuralMaster: filling picture 2 of 2",
        None,
    ]
    expected = preprocess(image, mask, FillParams(method="texture"), seed=2)
    assert same(p.sampled[1], expected.image)


def test_nothing_is_left_after_a_job_that_fails(state, process):
    _, _, fields = job(init_images=["no picture"])
    with pytest.raises(Exception, match="expected a PIL image, got str"):
        process(**fields)
    assert state.said == ["NeuralMaster: filling picture 1 of 1", None]


def test_a_host_without_such_a_state_fills_as_well(process):
    image, mask, fields = job()
    p, _ = process(**fields)
    assert same(p.sampled[0], preprocess(image, mask).image)
