"""The hash of saved init images in the infotext, on the fake host."""

import hashlib

from tests.pictures import textured_scene
from tests.webui.jobs import job

HASH = "Init image hash"


def test_it_is_that_of_the_last_original(process, host):
    host.opts.data["save_init_img"] = True
    image, other = textured_scene(64, 64)[0], textured_scene(64, 64, 7)[0]
    p, _ = process(**job(init_images=[image, other], batch_size=2)[2])
    assert host.errors == []
    last = hashlib.md5(other.tobytes()).hexdigest()
    assert p.extra_generation_params[HASH] == p.init_img_hash == last


def test_where_none_is_saved_there_is_none_in_the_next_run_either(process, host):
    p, _ = process(**job(override_settings={"save_init_img": True})[2])
    assert HASH in p.extra_generation_params
    p.override_settings = {}
    process(p)
    assert host.errors == []
    assert HASH not in p.extra_generation_params


def test_a_later_loop_does_not_tell_that_of_the_first(process, host):
    host.opts.data["save_init_img"] = True
    p, _ = process(**job()[2])
    p.init_images, p.inpainting_fill = [textured_scene(64, 64, 5)[0]], 1
    process(p)
    assert host.errors == []
    assert "NeuralMaster" in p.extra_generation_params
    assert HASH not in p.extra_generation_params


def test_a_host_without_a_folder_for_them_saves_none_whatever_its_settings_file_says(process, host):
    host.opts.data["save_init_img"] = True
    host.opts.outdir_init_images = None
    p, _ = process(**job()[2])
    assert host.errors == []
    assert "NeuralMaster" in p.extra_generation_params
    assert HASH not in p.extra_generation_params
