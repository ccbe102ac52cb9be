"""In the source: what differs between WebUIs is in one package, what goes on `p` in one module."""

import ast

from tests.pictures import ROOT

ROOM = ROOT / "neuralmaster" / "webui"


def calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2]
        elif isinstance(node, ast.Attribute):
            yield node.attr


def test_differences_between_hosts_are_probed_in_one_package():
    """By whether it has something, or how something is called."""
    asking = {"hasattr", "find_spec", "signature", "is_dataclass", "__version__", "import_module"}
    assert not [path.name for path in ROOM.glob("*.py") if asking & set(calls(path))]
    assert any(asking & set(calls(path)) for path in (ROOM / "hosts").glob("*.py"))


def sets_on_p(path):
    """Whether a module sets an attribute of `p`."""
    for node in ast.walk(ast.parse(path.read_text())):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(t, ast.Attribute) and ast.unparse(t.value) == "p" for t in targets):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
            return True
    return False


def test_what_goes_on_p_has_one_owner():
    """Beside what stops a run for good, and what is asked for before one begins."""
    asking = {"external", "xyz"}
    owners = {path.stem for path in ROOM.glob("*.py") if sets_on_p(path)}
    assert owners == {"job", "refusal", *asking}
