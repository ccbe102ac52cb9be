"""A texture is drawn at random, so the job's seed decides it as it decides the rest of the run."""

from neuralmaster import FillParams, preprocess
from tests.pictures import textured_scene
from tests.webui.jobs import same

TEXTURE = {"method": "texture"}


def test_texture_is_of_the_jobs_seed_and_another_for_every_init_image(process):
    image, mask = textured_scene(64, 64)
    fields = {"image_mask": mask, "inpainting_fill": 4, "script_args": (TEXTURE,), "batch_size": 2}
    p, _ = process(init_images=[image, image.copy()], seed=7, **fields)
    for number, sampled in enumerate(p.sampled):
        expected = preprocess(image, mask, FillParams(**TEXTURE), seed=7 + number)
        assert expected.applied
        assert not expected.notes
        assert same(sampled, expected.image)
    assert not same(*p.sampled)
    assert p.seed == 7
