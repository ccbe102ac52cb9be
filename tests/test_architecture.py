"""What may import what: core <- faces <- scripts, and the core needs nothing heavy."""

import ast
import subprocess
import sys

import pytest

from tests.pictures import ROOT

PACKAGE = ROOT / "neuralmaster"
MODULES = sorted(PACKAGE.rglob("*.py"))
# each room and the rooms of ours that it may open a door to
DOORS = {
    "images": set(),
    "fallbacks": {"images"},
    "feather": {"images"},
    "masks": {"fallbacks", "feather", "images"},
    "registry": set(),
    "fills": {"fills", "images", "masks", "registry"},
    "params": {"fills"},
    "request": {"masks", "params"},
    "pipeline": {"fallbacks", "fills", "images", "making", "masks", "params", "request"},
    "tensors": {"tensors", "fills", "images", "masks", "params", "pipeline", "request"},
    "comfyui": {"comfyui", "making", "masks", "matching", "params", "request", "tensors"},
    "matching": {"matching", "fallbacks", "fills", "images", "masks", "params", "request"},
    "sheet": {"images", "masks", "pipeline"},
    "atomic": set(),
    "formats": set(),
    "files": {"atomic", "formats"},
    "making": {"making", "files", "images", "masks", "registry"},
    "remote": {"remote", "files", "images", "params", "__init__"},
    "cli": {
        "cli",
        "atomic",
        "files",
        "fills",
        "images",
        "making",
        "masks",
        "matching",
        "params",
        "pipeline",
        "remote",
        "request",
        "sheet",
        "studio",
        "__init__",
    },
    "studio": {
        "studio",
        "fallbacks",
        "files",
        "fills",
        "images",
        "making",
        "masks",
        "params",
        "pipeline",
        "remote",
        "request",
        "sheet",
    },
    "webui": {
        "webui",
        "fallbacks",
        "files",
        "fills",
        "images",
        "making",
        "masks",
        "matching",
        "params",
        "pipeline",
        "request",
        "sheet",
        "studio",
        "__init__",
    },
    "__init__": {"masks", "matching", "params", "pipeline", "request"},
    "__main__": {"cli"},
}
ALLOWED = {"numpy", "PIL", "cv2", "neuralmaster"} | set(sys.stdlib_module_names)
MORE = {  # in these rooms only
    "webui": {"modules", "gradio", "fastapi", "starlette"},
    "studio": {"gradio", "fastapi", "starlette", "uvicorn"},
    "tensors": {"torch"},
    "comfyui": {"torch"},
}


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            if node.module == "neuralmaster":
                for alias in node.names:
                    is_room = (
                        any(PACKAGE.glob(f"{alias.name}.py")) or (PACKAGE / alias.name).is_dir()
                    )
                    yield f"neuralmaster.{alias.name if is_room else '__init__'}"
            else:
                yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    doors = DOORS[room(path)]
    for name in imports(path):
        assert name.split(".")[0] in ALLOWED | MORE.get(room(path), set())
        if name.startswith("neuralmaster."):
            assert name.split(".")[1] in doors


def test_there_is_one_package_and_it_bears_our_name():
    """Another extension's package of the same name would be imported in its place."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} == {"neuralmaster"}


def test_the_core_needs_neither_the_host_nor_gradio_nor_torch():
    """In a bare interpreter where those cannot be imported at all."""
    code = (
        "import sys\n"
        "for name in ('modules', 'gradio', 'torch', 'fastapi', 'pydantic'):\n"
        "    sys.modules[name] = None\n"
        "import neuralmaster, neuralmaster.cli, neuralmaster.studio.view\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)


def test_scripts_are_a_few_lines():
    (path,) = (ROOT / "scripts").glob("*.py")
    assert len(path.read_text().splitlines()) <= 15
    assert set(imports(path)) == {"neuralmaster.webui"}


def test_gradio_is_known_to_two_rooms_of_the_studio():
    """The one hides how its versions differ, the other is the page."""
    knowing = {path.stem for path in (PACKAGE / "studio").glob("*.py") if "gradio" in imports(path)}
    assert knowing == {"gradios", "page"}


def test_signals_are_handled_by_the_command_line_alone():
    """Within a WebUI they are the host's."""
    knowing = {path for path in MODULES if "signal" in set(imports(path))}
    assert knowing == {PACKAGE / "cli" / "stopping.py"}
    code = (
        "import signal\n"
        "before = [signal.getsignal(number) for number in signal.valid_signals()]\n"
        "import neuralmaster.cli, neuralmaster.studio.view\n"
        "assert before == [signal.getsignal(number) for number in signal.valid_signals()]\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
