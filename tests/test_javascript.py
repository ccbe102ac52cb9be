"""The scripts of the page: their unit tests in Node, and what holds for all of them."""

import re
import shutil
import subprocess

import pytest

from neuralmaster.studio import bundled
from tests.pictures import ROOT

SCRIPTS = sorted((ROOT / "javascript").iterdir())
TESTS = sorted((ROOT / "tests" / "javascript").glob("*.test.mjs"))
OLDEST_NODE = 20  # the first with the class File, as a browser has it


def test_the_unit_tests_pass_in_node() -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("needs node")
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True)
    if int(version.stdout[1:].partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"needs node {OLDEST_NODE} or newer, there is {version.stdout.strip()}")
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", *map(str, TESTS)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    written = sum(len(re.findall(r"^test\(", test.read_text(), re.M)) for test in TESTS)
    assert f"# pass {written}\n" in done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_webui_can_load_every_script(script) -> None:
    """It loads each as a classic script, and all extensions share one global scope."""
    text = script.read_text()
    assert script.suffix == ".js"
    assert not re.search(r"^\s*(import|export)\b", text, re.M)
    code = "\n".join(line for line in text.splitlines() if not line.startswith("//"))
    name = r"(?:globalThis\.neuralmaster\w+ \?\?= )?"
    assert re.fullmatch(name + r"\(\(\) => \{\n  \"use strict\";\n.*\n\}\)\(\);", code, re.S)


def test_the_studio_alone_brings_every_script_that_it_uses() -> None:
    """All but those that need a WebUI."""
    brought = {name.rpartition("/")[2] for name in bundled.SCRIPTS}
    assert {path.name for path in SCRIPTS} - brought == {
        "neuralmaster.js",
        "neuralmaster_img2img.js",
    }
    for name in bundled.SCRIPTS:
        assert bundled.path(name).read_text(encoding="utf-8") in bundled.scripts()
