"""What ComfyUI's registry reads in pyproject.toml."""

import re

import neuralmaster
from tests.pictures import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text()


def test_the_registry_reads_the_version_where_it_is_written():
    path = re.search(r'^\[tool\.comfy\.version\]\npath = "(.+)"$', PROJECT, re.M)[1]
    version = re.search(r'^__version__ = "(.+)"$', (ROOT / path).read_text(), re.M)[1]
    assert version == neuralmaster.__version__


def test_the_name_is_one_that_the_registry_accepts():
    name = re.search(r'^name = "(.+)"$', PROJECT, re.M)[1]
    assert re.fullmatch(r"[a-zA-Z](?:[-_.]?[a-zA-Z0-9])*", name)
    assert "comfyui" not in name.lower()
