"""Models that take the init image as a reference too, and how that is told; on the fake host."""

import sys
from types import SimpleNamespace

import pytest

from tests.webui.fake_job import Processing, run
from tests.webui.jobs import job

NOTE = (
    "This model also takes the init image as a reference, and sees the fill in it as part of the "
    "picture to edit; if it keeps the fill, choose original."
)


class Engine(SimpleNamespace):
    """A model of Forge Neo's: what it keeps of an init image, it keeps when it encodes it."""

    ini_latent = None


def keeping(p, **model):
    """The job with a model, which the host has when it encodes the init images."""

    class Encoding(Processing):
        def init(self, host):
            super().init(host)
            self.sd_model = Engine(**model)

    return Encoding(**p)


@pytest.mark.parametrize(
    ("model", "settings", "noted"),
    [
        ({}, {}, False),
        ({"ini_latent": object()}, {}, True),
        ({"cond_stage_key": "edit"}, {}, True),
        ({"cond_stage_key": "txt"}, {}, False),
        ({"text_processing_engine_anima": object()}, {"anima_do_reference": True}, True),
        ({"text_processing_engine_anima": object()}, {"anima_do_reference": False}, False),
        ({"text_processing_engine_anima": object()}, {}, False),
        ({}, {"anima_do_reference": True}, False),
    ],
)
def test_a_model_that_takes_the_init_image_as_a_reference_is_told(
    host, caplog, model, settings, noted
):
    host.opts.data.update(settings)
    p = keeping(job()[2], **model)
    run(host, p, host.script)
    assert host.errors == []
    told = p.extra_generation_params.get("NeuralMaster note", "")
    assert told == (NOTE if noted else "")
    assert caplog.messages == ([NOTE] if noted else [])
    assert list(p.comments) == ([f"NeuralMaster: {NOTE}"] if noted else [])


def test_it_is_told_after_the_other_notes_and_once_in_many_batches(host, caplog):
    _, mask, fields = job(n_iter=3)
    fields["image_mask"] = mask.resize((32, 32))
    p = keeping(fields, ini_latent=object())
    run(host, p, host.script)
    resized, told = caplog.messages
    assert told == NOTE
    assert p.extra_generation_params["NeuralMaster note"] == f"{resized} {NOTE}"
    assert list(p.comments) == [f"NeuralMaster: {resized}", f"NeuralMaster: {NOTE}"]


def test_where_nothing_was_filled_there_is_no_fill_to_tell_of(host, caplog):
    _, mask, fields = job()
    p = keeping({**fields, "image_mask": mask.convert("L")}, ini_latent=object())
    run(host, p, host.script)
    assert NOTE not in caplog.messages
    assert len(p.comments) == 1


def test_without_a_model_at_hand_nothing_fails(host):
    p = Processing(**job()[2])
    run(host, p, host.script)
    assert host.errors == []
    assert not hasattr(p, "sd_model")
    assert sys.modules["modules.shared"].opts.data.get("anima_do_reference") is None
