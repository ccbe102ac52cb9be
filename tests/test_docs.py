"""What the pages say is so: their code runs, their commands and links exist."""

import contextlib
import io
import re
import shlex
import subprocess

import pytest
from PIL import Image

from neuralmaster import FillParams
from neuralmaster.cli import main
from neuralmaster.params import Choice, specs
from tests.pictures import ROOT, pixels, textured_scene

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text()


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.M | re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_exist(page):
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        if not target.startswith("http"):
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            assert file.exists(), target
            if anchor:
                headings = re.findall(r"^#+ (.*)", file.read_text(), re.M)
                assert anchor in [h.lower().replace(" ", "-") for h in headings], target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_python_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(60, 60)
    (tmp_path / "docs" / "example").mkdir(parents=True)
    image.save("docs/example/image.png")
    mask.save("docs/example/mask.png")
    mask.getchannel("R").save("red.png")
    mask.getchannel("G").save("object.png")
    for code in blocks(page, "python"):
        if "from diffusers" in code:
            continue  # tests/test_diffusers.py has a model
        if "torch" in code:
            pytest.importorskip("torch", reason="torch is not installed")
        exec(compile(code, str(page), "exec"), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_of_a_kind_that_a_test_runs(page):
    """`py` and `bash` need a running WebUI: tests/webui/test_real_host_docs.py has one."""
    kinds = re.findall(r"^```(.*)$", page.read_text(), re.M)[::2]
    assert set(kinds) <= {
        "python",
        "json",
        "console",
        "py",
        "bash",
        *(["sh"] * page.name.startswith("README")),
    }
    for code in blocks(page, "py"):
        compile(code, str(page), "exec")
    for code in blocks(page, "bash"):
        subprocess.run(["bash", "-n", "-c", code], check=True)
    for call in re.findall(r"^\$ python -m neuralmaster (.*)", page.read_text(), re.M):
        assert "usage: " in _help(shlex.split(call)[0])


def _help(command):
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.suppress(SystemExit):
        main([command, "--help"])
    return stream.getvalue()


def test_the_mask_made_with_pillow_is_a_mask(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(blocks(ROOT / "docs" / "mask-format.md", "python")[0], {})
    with Image.open("mask.png") as mask:
        assert mask.getpixel((384, 380)) == (255, 255, 0)
        assert mask.getpixel((200, 380)) == (0, 255, 0)


def test_the_readme_has_two_commands_and_the_first_does_the_example(tmp_path, monkeypatch):
    run, test = blocks(ROOT / "README.md", "sh")
    assert test.strip().endswith(".venv/bin/python -m pytest")
    setup, _, command = run.strip().rpartition(" && ")
    assert "torch" not in setup
    arguments = shlex.split(command)
    assert arguments[:3] == [".venv/bin/python", "-m", "neuralmaster"]
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(tmp_path)
    assert main(arguments[3:]) == 0
    with Image.open("sheet.png") as sheet:
        assert sheet.size == (3 * 518 + 6, 2 * 552 + 6)


def test_the_russian_readme_has_the_same_command_pictures_and_options():
    russian = (ROOT / "docs" / "README.ru.md").read_text()
    assert blocks(ROOT / "docs" / "README.ru.md", "sh") == blocks(ROOT / "README.md", "sh")[:1]
    pictures = re.findall(r"!\[[^\]]*\]\(docs/([^)]+)\)", README)
    assert re.findall(r"!\[[^\]]*\]\(([^)]+)\)", russian) == pictures
    options = [re.findall(r"^\| `(--[^|]+)` \|", text, re.M) for text in (README, russian)]
    assert options[0] == options[1]


@pytest.mark.parametrize("page", ["README.md", "docs/README.ru.md"])
def test_the_readme_lists_every_parameter_with_its_values(page):
    for name, spec in specs().items():
        (row,) = re.findall(rf"^\| `--{name}.*", (ROOT / page).read_text(), re.M)
        if isinstance(spec, Choice):
            default = getattr(FillParams(), name)
            values = row.split("|")[2].strip().split(", ")
            assert values == [f"**{v}**" if v == default else v for v in spec.names]


def test_the_table_of_modules_matches_the_tree():
    page = (ROOT / "docs" / "development.md").read_text()
    table = page.partition("## Modules")[2].partition("\n## ")[0]
    listed = set()
    for cell in re.findall(r"^\| (`[^|]+`) \|", table, re.M):
        first, *others = re.findall(r"`([^`]+)`", cell)
        folder, _, _ = first.rpartition("/") if first.endswith(".py") else ("", "", "")
        for name in (first, *(f"{folder}/{other}" for other in others)):
            base = ROOT if name.startswith("typings/") else ROOT / "neuralmaster"
            assert (base / name).exists(), name
            listed.add(name.lstrip("/").partition("/")[0])
    rooms = {path.name for path in (ROOT / "neuralmaster").iterdir() if path.name[0] not in "_."}
    assert rooms - {"py.typed"} == listed - {"typings"}


def test_the_example_is_what_its_script_renders(tmp_path):
    namespace = {"__name__": "render", "__file__": "render.py"}
    exec((ROOT / "docs" / "example" / "render.py").read_text(), namespace)
    namespace["main"](tmp_path)
    for name in ("image.png", "mask.png"):
        with Image.open(tmp_path / name) as made, Image.open(ROOT / "docs/example" / name) as kept:
            difference = pixels(made).astype(int) - pixels(kept)
            # another build of numpy or OpenCV may round otherwise, here and there
            assert abs(difference).mean() < 0.1
