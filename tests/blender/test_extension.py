"""The folder that Blender is given: its archive, and what it needs."""

import ast
import sys
import zipfile

from blender.build import EXTENSION, build
from tests.pictures import ROOT

PURE = {
    "contours", "job", "look", "mask", "parallel", "planes", "png", "projection", "raster", "run",
    "samples", "server", "soup", "surface", "view", "__init__",
}  # fmt: skip
ITS_OWN = {"numpy", "bpy"} | set(sys.stdlib_module_names)


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def test_it_needs_nothing_that_blender_lacks_and_half_of_it_not_even_blender():
    for path in EXTENSION.glob("*.py"):
        found = set(imported(path))
        assert found <= ITS_OWN, path.name
        assert ("bpy" in found) == (path.stem not in PURE), path.name


def test_its_modules_stay_small():
    for path in EXTENSION.glob("*.py"):
        assert len(path.read_text().splitlines()) <= 250, path.name


def test_the_archive_has_the_manifest_on_top_and_is_the_same_each_time(tmp_path):
    first, second = build(tmp_path / "a"), build(tmp_path / "b")
    assert first.name == "neuralmaster-1.0.0.zip"
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as packed:
        names = set(packed.namelist())
    modules = {path.name for path in EXTENSION.glob("*.py")}
    assert names == {"LICENSE", "blender_manifest.toml"} | modules


def test_the_manifest_is_for_blender_4_2_and_on():
    manifest = (EXTENSION / "blender_manifest.toml").read_text()
    for line in ('schema_version = "1.0.0"', 'blender_version_min = "4.2.0"', 'type = "add-on"'):
        assert line in manifest


def test_the_top_of_the_repository_has_no_package_for_it():
    """A WebUI puts that folder on its path."""
    assert not (ROOT / "blender" / "__init__.py").exists()
