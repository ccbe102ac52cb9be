"""WebUIs that are not supported, on the fake host: told once, and left alone."""

import dataclasses
import logging

import pytest

from tests.webui.fake_host import Radio


@dataclasses.dataclass
class OtherJob:
    """An img2img job with another life, as far as its class tells."""

    init_images: list
    seed: int = -1


@dataclasses.dataclass
class JobOfSDNext:
    """A job whose attributes are those of `__init__`, so that its class has none of them."""

    def __init__(self, init_images=None, inpainting_fill: int = 1, script_args=None, **more):
        self.init_images, self.inpainting_fill = init_images, inpainting_fill  # obsolete
        self.script_args, self.extra_generation_params = script_args, {}


SENTENCE = (
    "This WebUI is not supported: it has no Masked content, where NeuralMaster adds its choice. "
    "NeuralMaster stays off and changes nothing; AUTOMATIC1111 from 1.6 on, Forge, Forge Neo and "
    "reForge can run it."
)


@pytest.mark.parametrize("kind", [OtherJob, JobOfSDNext])
def test_a_host_of_another_kind_is_told_once_and_left_alone(
    host, probed, monkeypatch, caplog, kind
):
    monkeypatch.setattr("modules.processing.StableDiffusionProcessingImg2Img", kind)
    caplog.clear()
    logging.getLogger("neuralmaster").setLevel(logging.ERROR)  # as the root logger of Forge Neo
    assert probed().unsupported == SENTENCE
    assert caplog.messages == [SENTENCE]
    assert not any(host.callbacks.values())
    assert host.script.show(True) is False
    assert host.script.show(False) is False
    radio = Radio()
    host.add(radio)
    assert len(radio.choices) == 4


@pytest.mark.parametrize("module", ["images.flatten", "images.resize_image", "processing.fix_seed"])
def test_a_host_that_lacks_a_function_is_not_supported(probed, monkeypatch, module):
    monkeypatch.delattr(f"modules.{module}")
    name = module.partition(".")[2]
    assert probed().unsupported.startswith(
        f"This WebUI is not supported: its img2img has no {name}."
    )


def test_a_host_without_such_jobs_is_not_supported(probed, monkeypatch):
    monkeypatch.delattr("modules.processing.StableDiffusionProcessingImg2Img")
    found = probed()
    assert found.unsupported == SENTENCE
    assert found.latent_rounding is False
