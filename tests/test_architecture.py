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
    "params": set(),
    "masks": {"images"},
    "fills": {"fills", "images", "masks"},
    "grain": {"fills", "images"},
    "blend": {"fills", "grain", "images", "masks"},
    "tensors": {"fills", "images", "masks", "params"},
    "preprocess": {"blend", "fills", "grain", "images", "masks", "params"},
    "sheet": {"images", "masks", "preprocess"},
    "files": set(),
    "address": set(),
    "client": {"address", "files", "images", "__init__"},
    "batch": set(),
    "edits": {"images", "masks"},
    "objects": {"edits", "images"},
    "presets": {"edits", "images", "masks"},
    "cli": {
        "cli",
        "address",
        "batch",
        "client",
        "edits",
        "files",
        "images",
        "masks",
        "objects",
        "params",
        "preprocess",
        "presets",
        "sheet",
        "studio",
        "__init__",
    },
    "studio": {
        "studio",
        "edits",
        "files",
        "images",
        "masks",
        "objects",
        "params",
        "preprocess",
        "presets",
        "sheet",
    },
    "webui": {
        "webui",
        "files",
        "images",
        "masks",
        "params",
        "preprocess",
        "sheet",
        "studio",
        "__init__",
    },
    "__init__": {"masks", "params", "preprocess"},
    "__main__": {"cli"},
}
ALLOWED = {"numpy", "PIL", "cv2", "neuralmaster"} | set(sys.stdlib_module_names)
MORE = {  # in these rooms only
    "webui": {"modules", "gradio", "fastapi", "starlette"},
    "studio": {"gradio", "fastapi", "uvicorn"},
    "tensors": {"torch"},
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
