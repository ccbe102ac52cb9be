"""What a job does by the settings and its seed, on the fake host."""

import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from tests.pictures import textured_scene
from tests.webui.fake_host import Script
from tests.webui.fake_job import Processing, run
from tests.webui.jobs import job, same


def files(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("what", ["prepared", "two-channel-mask"])
def test_what_the_settings_ask_for_is_saved_beside_the_result(process, host, tmp_path, what):
    host.add_settings()
    key = {"prepared": "neuralmaster_save_prepared", "two-channel-mask": "neuralmaster_save_mask"}
    image, mask, fields = job(saved_to=tmp_path, n_iter=2)
    process(**fields)
    assert files(tmp_path) == []
    process(**fields, override_settings={key[what]: True})
    assert files(tmp_path) == [f"00000-1-{what}.png", f"00001-1-{what}.png"]
    made = preprocess(image, mask)
    expected = made.image if what == "prepared" else made.mask.picture()
    for path in tmp_path.iterdir():
        with Image.open(path) as saved:
            assert same(saved, expected)


def test_each_of_several_init_images_is_saved_with_its_own_result(process, host, tmp_path):
    host.opts.data["neuralmaster_save_prepared"] = True
    image, mask = textured_scene(64, 64)
    other = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    process(
        init_images=[image, other], image_mask=mask, inpainting_fill=4, batch_size=2, n_iter=2,
        saved_to=tmp_path,
    )  # fmt: skip
    assert len(files(tmp_path)) == 4
    for number, given in enumerate([image, other, image, other]):
        with Image.open(tmp_path / f"{number:05}-1-prepared.png") as saved:
            assert same(saved, preprocess(given, mask).image)


def test_a_result_that_is_not_saved_has_nothing_beside_it(process, host, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    host.opts.data["neuralmaster_save_prepared"] = True
    process(**job()[2])
    assert files(tmp_path) == []


def test_files_that_cannot_be_saved_do_not_spoil_the_job(process, host, tmp_path, caplog):
    host.opts.data["neuralmaster_save_prepared"] = True
    image, _, fields = job(saved_to=tmp_path / "gone")
    p, _ = process(**fields)
    assert host.errors == []
    (said,) = caplog.messages
    assert said.startswith("The prepared image and its mask were not saved: ")
    assert p.init_images == [image]


NOT_KEPT = (
    "The gradient was not kept: this WebUI always makes the latent mask hard; "
    "A1111 can keep it from 1.8 on."
)


class Watch(Script):
    """Notes whether the host will round the latent mask."""

    def __init__(self):
        self.rounded = []

    def process(self, p, *args):
        self.rounded.append(p.mask_round)


def test_the_latent_mask_keeps_its_gradient_if_the_setting_says_so(host):
    watch = Watch()
    for kept in (True, False):
        p = Processing(**job(override_settings={"neuralmaster_keep_gradient": kept})[2])
        run(host, p, host.script, others=[watch])
        assert p.mask_round is True
        assert p.extra_generation_params.get("NeuralMaster gradient") == ("blend" if kept else None)
    other = {"inpainting_fill": 1, "override_settings": {"neuralmaster_keep_gradient": True}}
    run(host, Processing(**job(**other)[2]), host.script, others=[watch])
    assert watch.rounded == [False, True, True]


class Reads(Script):
    """Keeps the overrides that the host, or a remote worker, is given."""

    def __init__(self):
        self.read = []

    def process(self, p, *args):
        self.read.append(p.override_settings)


def test_a_worker_without_us_is_not_sent_our_settings(host):
    """It would fail a job that overrides a setting it does not know."""
    host.add_settings()
    asked = {"neuralmaster_gradient": "blend", "neuralmaster_match": "off", "eta_ddim": 1}
    reads, p = Reads(), Processing(**job(override_settings=dict(asked))[2])
    for _ in range(2):  # in later loops neither
        p.init_images = run(host, p, host.script, others=[reads])
        p.inpainting_fill = 1
        assert p.override_settings == asked
    assert reads.read == [{"eta_ddim": 1}, {"eta_ddim": 1}]
    assert p.extra_generation_params["NeuralMaster gradient"] == "blend"
    assert host.errors == []


def test_where_the_latent_mask_stays_hard_a_job_that_wants_its_gradient_is_told(host, monkeypatch):
    monkeypatch.delattr(Processing, "mask_round")
    host.load()
    p = Processing(**job(override_settings={"neuralmaster_keep_gradient": True})[2])
    run(host, p, host.script)
    assert p.extra_generation_params["NeuralMaster note"] == NOT_KEPT
    assert list(p.comments) == [f"NeuralMaster: {NOT_KEPT}"]
    assert p.extra_generation_params["NeuralMaster gradient"] == "blend"  # as it was asked for


def test_later_loops_keep_the_gradient_too(host):
    watch = Watch()
    p = Processing(**job(override_settings={"neuralmaster_keep_gradient": True})[2])
    for _ in range(3):
        p.init_images = run(host, p, host.script, others=[watch])
        p.inpainting_fill = 1
    assert watch.rounded == [False, False, False]
    assert p.mask_round is True


def test_grain_is_of_the_jobs_seed_and_another_for_every_init_image(process):
    image, mask = textured_scene(64, 64)
    args = ({"grain": 1},)
    fields = {"image_mask": mask, "inpainting_fill": 4, "script_args": args, "batch_size": 2}
    p, _ = process(init_images=[image, image.copy()], seed=7, **fields)
    for number, sampled in enumerate(p.sampled):
        expected = preprocess(image, mask, FillParams(grain=1), seed=7 + number)
        assert same(sampled, expected.image)
    assert p.seed == 7


def test_a_seed_that_is_drawn_is_drawn_anew_for_the_next_run(process):
    image, mask = textured_scene(64, 64)
    args = ({"grain": 1},)
    p = Processing([image], mask, inpainting_fill=4, script_args=args)
    grains = []
    for _ in range(2):
        process(p)
        grains.append(p.sampled[0].tobytes())
        assert p.seed == -1
        assert p.subseed == -1
    assert grains[0] != grains[1]


def test_without_grain_the_seed_is_left_to_the_host(process, monkeypatch):
    monkeypatch.setattr("modules.processing.fix_seed", None)
    p, _ = process(**job()[2])
    assert p.seed == -1
