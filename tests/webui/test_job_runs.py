"""Several runs on one `p`, and other extensions that have a hand in a run, on the fake host."""

import copy
import json

import pytest
from PIL import Image

from neuralmaster import FillParams, __version__, preprocess
from tests.pictures import ROOT, textured_scene
from tests.webui.fake_host import Script
from tests.webui.fake_job import Processed, Processing, run
from tests.webui.jobs import BY_NAME, job, same


def test_loopback_goes_on_from_its_result_by_original(process):
    for by_name, sent in [(False, 4), (True, 0), (True, 1)]:
        image, mask, fields = job(inpainting_fill=sent)
        p = Processing(**{**fields, "script_args": tuple(BY_NAME) if by_name else (False,)})
        for _ in range(2):  # two batches, each of two loops
            p.init_images = fields["init_images"]
            process(p)
            assert same(p.sampled[0], preprocess(image, mask).image)
            looped, _ = textured_scene(64, 64, 5)
            p.init_images, p.inpainting_fill = [looped], 1
            process(p)
            assert same(p.sampled[0], looped)
            assert same(p.latent_mask, preprocess(image, mask).inpaint_mask)
            assert p.image_mask is mask
            p.inpainting_fill = sent


def test_copies_of_p_do_not_disturb_each_other(process):
    image, mask, fields = job()
    p = Processing(**fields)
    for method in ("context", "mean"):
        cell = copy.copy(p)
        cell.script_args = ({"method": method},)
        process(cell)
        assert same(cell.sampled[0], preprocess(image, mask, FillParams(method=method)).image)
    assert p.init_images == [image]
    assert p.extra_generation_params == {}


def test_what_an_earlier_job_said_of_its_fill_is_not_kept(process):
    """The cells of an X/Y/Z plot share one dict of generation parameters."""
    _, _, fields = job()
    earlier = {"Masked content": "fill", "NeuralMaster note": "old", "Mask blur": 4}
    p, _ = process(**fields, extra_generation_params=earlier)
    assert p.extra_generation_params == {"Mask blur": 4, "NeuralMaster": __version__}
    assert earlier["Masked content"] == "fill"


def test_a_job_writes_no_files(process, tmp_path, monkeypatch):
    def files():
        found = {path for path in ROOT.rglob("*") if path.is_file()}
        return {path for path in found if not {".git", "__pycache__"} & set(path.parts)}

    monkeypatch.chdir(tmp_path)
    before = files()
    _, _, fields = job()
    process(**fields)
    assert files() == before
    assert list(tmp_path.iterdir()) == []


def test_saved_init_images_are_the_originals(process, host):
    image, _, fields = job(override_settings={"save_init_img": True})
    p, _ = process(**fields)
    ((name, saved),) = host.saved.items()
    assert same(saved, image)
    assert p.init_img_hash == name
    assert p.override_settings == {"save_init_img": True}


def test_what_others_see_in_p_is_plain(process, host):
    """Distributed copies `p.__dict__` as JSON for its workers, and they must not fill again."""
    seen = []

    class Distributed(Script):
        args_from = args_to = 0

        def before_process(self, p):
            seen.append(
                {k: v for k, v in vars(p).items() if k not in ("init_images", "image_mask")}
            )

    args = (*BY_NAME, 0.0, Image.new("RGBA", (8, 8)))  # the page of a host that makes masks hard
    _, _, fields = job(script_args=args)
    run(host, Processing(**fields), host.script, [Distributed()])
    (values,) = seen
    sent = json.loads(json.dumps(values))
    assert sent["inpainting_fill"] == 1
    assert sent["script_args"][0] == {"enabled": False}


def hard(mask):
    """As Forge's page hands over an uploaded mask."""
    return mask.convert("RGBA").point(lambda level: 255 if level > 128 else 0)


def test_of_a_mask_that_the_host_made_hard_the_uploaded_one_is_used(process):
    image, mask, fields = job()
    uploaded = mask.convert("RGBA")
    args = (False, "context", "green", 0.0, "", 0.0, uploaded)
    p, _ = process(**{**fields, "image_mask": hard(mask), "script_args": args})
    prepared = preprocess(image, mask)
    assert not same(prepared.image, preprocess(image, hard(mask)).image)
    assert same(p.sampled[0], prepared.image)
    assert same(p.latent_mask, prepared.inpaint_mask)
    assert p.script_args is args
    assert same(p.image_mask, hard(mask))


@pytest.mark.parametrize("given", ["drawn", "soft", "of the Batch tab"])
def test_a_mask_of_another_origin_than_the_uploaded_one_is_used_itself(process, given):
    image, mask, fields = job()
    of_job = {
        "drawn": hard(mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        "soft": mask.convert("RGBA"),
        "of the Batch tab": hard(mask).convert("RGB"),
    }[given]
    blank = Image.new("RGBA", mask.size, (0, 0, 0, 255))
    for uploaded in (mask.convert("RGBA"), blank, None, ""):
        args = (False, "context", "green", 0.0, "", 0.0, uploaded)
        p, _ = process(**{**fields, "image_mask": of_job, "script_args": args})
        assert same(p.sampled[0], preprocess(image, of_job).image)


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("had", ["nothing", "its own"])
def test_what_another_extension_brings_later_is_filled_instead(host, had, by_name):
    """As Segment Anything does with Copy to Inpaint Upload, in `process`, before us."""
    image, mask = textured_scene(64, 64, seed=3)
    args = ({"source": "all"},) if by_name else (False, "context", "all", 0.0, "")
    _, _, fields = job(inpainting_fill=0 if by_name else 4, script_args=args)
    if had == "nothing":
        fields |= {"init_images": [None], "image_mask": None}
    p = Processing(**fields)
    host.script.before_process(p, *p.script_args)
    brought = [image], mask.getchannel("R")
    p.init_images, p.image_mask = brought
    host.script.process(p, *p.script_args)
    prepared = preprocess(image, brought[1], FillParams(source="all"))
    assert same(p.init_images[0], prepared.image)
    assert (p.inpainting_fill, p.extra_generation_params) == (1, {
        "NeuralMaster": __version__, "NeuralMaster source": "all"
    })  # fmt: skip
    p.init(host)
    host.script.before_process_batch(p)
    host.script.postprocess(p, Processed([]))
    assert p.init_images is brought[0]
    assert p.image_mask is brought[1]
    assert p.inpainting_fill == 4
    assert p.script_args is args


class States(Script):
    """Notes how far our job is at each hook."""

    args_from = args_to = 0

    def __init__(self, host):
        self.host, self.seen = host, []

    def note(self, p):
        job = self.host.script.jobs.get(id(p))
        self.seen.append(job and job.state.name)

    def before_process(self, p):
        self.note(p)

    def process(self, p):
        self.note(p)

    def before_process_batch(self, p, **_):
        self.note(p)

    def postprocess(self, p, processed):
        self.note(p)


def test_a_job_is_in_one_of_four_states(host):
    states = States(host)
    _, _, fields = job(n_iter=2)
    p = Processing(**fields)
    p.init_images = run(host, p, host.script, others=[states])[:1]
    assert states.seen == ["FILLED", "FILLED", "TAKEN", "TAKEN", "OVER"]
    states.seen.clear()
    p.inpainting_fill, p.n_iter = 1, 1
    run(host, p, host.script, others=[states])
    assert states.seen == ["LOOPING", "LOOPING", "LOOPING", "OVER"]
    assert host.errors == []


def test_what_is_brought_to_a_second_run_on_p_is_filled_too(host, process):
    """The first run's job is over, and does not stand in its way."""
    image, mask, fields = job()
    p = Processing(**fields)
    process(p)
    p.init_images, p.image_mask = [None], None
    host.script.before_process(p, *p.script_args)
    p.init_images, p.image_mask = [image], mask
    host.script.process(p, *p.script_args)
    assert same(p.init_images[0], preprocess(image, mask).image)


def test_after_what_was_filled_is_taken_away_nothing_is_put_back_in_its_place(host):
    """Another extension brings a mask, and no image to fill."""
    _, mask, fields = job()
    p = Processing(**fields)
    host.script.before_process(p, *p.script_args)
    brought = p.init_images, p.image_mask = [], mask.copy()
    host.script.process(p, *p.script_args)
    assert p.inpainting_fill == 4
    host.script.before_process_batch(p)
    assert (p.init_images, p.image_mask) == brought
    assert p.init_images is brought[0]


def test_state_goes_when_p_goes(process, host):
    _, _, fields = job()
    process(**fields)
    process(**fields)
    assert len(host.script.jobs) == 1
