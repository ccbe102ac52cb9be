"""`python -m neuralmaster img2img` against a real WebUI, in this process or one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from neuralmaster.cli import main
from tests.pictures import ROOT, textured_scene

IMAGE, MASK = textured_scene(512, 512)
SETTINGS = {
    "prompt": "an apple",
    "steps": 4,
    "denoising_strength": 0.2,
    "seed": 1,
    "sampler_name": "Euler",
}


# Ctrl-C works, even if whoever runs the tests has it switched off, as a shell does with "&"
MAIN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from neuralmaster.cli import main
sys.exit(main(sys.argv[1:]))
"""


def words(webui, *more, of=("image.png", "mask.png"), out="out.png", **settings):
    values = {**SETTINGS, **settings}
    arguments = ["img2img", *map(str, of), "--url", webui.url, "-o", str(out), *more]
    return arguments + [f"--set={name}={value}" for name, value in values.items()]


def img2img(webui, *more, **settings):
    return main(words(webui, *more, **settings))


def started(webui, *more, **settings):
    """The same in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *words(webui, *more, **settings)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(done, seconds=120):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def progress(webui):
    return webui.get("/sdapi/v1/progress?skip_current_image=true")["progress"]
