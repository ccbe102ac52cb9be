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
        self.last = ""

    @property
    def interrupted(self):
        return bool(self.last) and self.last in self.said

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
    sentences = [text.partition(",")[0] for text in state.said[:-1]]
    assert list(dict.fromkeys(sentences)) == [
        "NeuralMaster: filling picture 1 of 2",
        "NeuralMaster: filling picture 2 of 2",
    ]
    assert state.said[-1] is None
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


def shares(state, number):
    start = f"NeuralMaster: filling picture {number}, "
    texts = [text.removeprefix(start) for text in state.said if text and text.startswith(start)]
    return [int(text.removesuffix("%")) for text in texts]


def test_the_share_of_a_picture_that_is_done_rises(state, process):
    image, mask = textured_scene(200, 200)
    args = ({"method": "texture"},)
    process(init_images=[image], image_mask=mask, inpainting_fill=4, script_args=args)
    told = shares(state, "1 of 1")
    assert told == sorted(told)
    assert len(set(told)) >= 10
    assert (told[0] <= 20, told[-1] <= 100) == (True, True)


@pytest.mark.parametrize("name", ["interrupted", "stopping_generation"])
def test_interrupt_stops_within_a_picture(state, process, monkeypatch, name):
    image, mask = textured_scene(200, 200)
    at_half = property(lambda state: any(share >= 50 for share in shares(state, "1 of 2")))
    monkeypatch.setattr(State, name, at_half, raising=False)
    fields = {"image_mask": mask, "inpainting_fill": 4, "script_args": ({"method": "texture"},)}
    fields |= {"width": 200, "height": 200, "batch_size": 2}
    p, _ = process(init_images=[image, image.copy()], **fields)
    assert shares(state, "1 of 2")[-1] < 60
    assert len(shares(state, "2 of 2")) == 1
    assert state.said[-1] is None
    assert all(same(sampled, image) for sampled in p.sampled)
    assert p.extra_generation_params["NeuralMaster fallback"] == "stopped"
    assert (p.init_images[0], p.image_mask) == (image, mask)
