"""What `pip install .` installs: a wheel, unpacked here and used from another folder."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest

import neuralmaster
from neuralmaster.cli import main
from neuralmaster.studio import bundled
from tests.pictures import ROOT

EXAMPLE = ROOT / "docs" / "example"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the unpacked wheel, as site-packages does."""
    pytest.importorskip("hatchling", reason="needs the package hatchling, which builds the wheel")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="session")
def distribution(site: Path) -> Distribution:
    (information,) = site.glob("*.dist-info")
    return PathDistribution(information)


def run_installed(site: Path, folder: Path, code: str, *arguments: str) -> str:
    """What code prints that sees the wheel and not the checkout."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[0] = {str(site)!r}\n{code}", *arguments],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_package_and_nothing_beside_it(site: Path) -> None:
    information = f"neuralmaster-{neuralmaster.__version__}.dist-info"
    assert {path.name for path in site.iterdir()} == {"neuralmaster", information}
    package = ROOT / "neuralmaster"
    kept = {path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    expected = {path.relative_to(package).as_posix() for path in kept}
    expected |= {f"bundled/{name}" for name in (*bundled.SCRIPTS, bundled.EXAMPLE)}
    packed = {path for path in (site / "neuralmaster").rglob("*") if path.is_file()}
    assert {path.relative_to(site / "neuralmaster").as_posix() for path in packed} == expected
    assert "py.typed" in expected


def test_the_version_is_written_once(distribution: Distribution) -> None:
    assert distribution.version == neuralmaster.__version__
    assert not re.search(r"^version\b", (ROOT / "pyproject.toml").read_text(), re.M)


def test_what_it_needs_has_the_lower_bounds_of_the_oldest_webui(distribution: Distribution) -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    oldest = {line for line in lines if line[0] != "#"}
    needed = {one.partition(";")[0].strip() for one in distribution.requires or ()}
    assert needed == oldest | {"gradio>=3.41.2", "torch>=2.0.1"}
    extras = {one.partition(";")[2].strip() for one in distribution.requires or ()}
    assert extras == {"", "extra == 'studio'", "extra == 'tensors'"}


def test_the_command_fills_the_example_from_another_folder(
    site: Path, distribution: Distribution, tmp_path: Path
) -> None:
    (command,) = distribution.entry_points
    assert (command.group, command.name) == ("console_scripts", "neuralmaster")
    code = f"from {command.module} import {command.attr}; sys.exit({command.attr}())"
    pictures = [str(EXAMPLE / "image.png"), str(EXAMPLE / "mask.png")]
    run_installed(site, tmp_path, code, "fill", *pictures, "-o", "installed.png")
    assert main(["fill", *pictures, "-o", str(tmp_path / "checkout.png")]) == 0
    assert (tmp_path / "installed.png").read_bytes() == (tmp_path / "checkout.png").read_bytes()


def test_the_studio_finds_its_files_where_it_is_installed(site: Path, tmp_path: Path) -> None:
    code = (
        "from neuralmaster.studio import bundled\n"
        "print(bundled.path(bundled.EXAMPLE))\n"
        "print(bundled.scripts(), end='')"
    )
    example, _, scripts = run_installed(site, tmp_path, code).partition("\n")
    assert Path(example) == site / "neuralmaster" / "bundled" / bundled.EXAMPLE
    assert Path(example).read_bytes() == (EXAMPLE / "image.png").read_bytes()
    assert scripts == bundled.scripts()


def test_the_changelog_begins_with_this_version() -> None:
    changelog = (ROOT / "docs" / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## (\S+)", changelog, re.M)
    assert versions[0] in {"Unreleased", neuralmaster.__version__}
    assert neuralmaster.__version__ in versions
