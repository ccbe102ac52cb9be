"""Parts of a job that ask for NeuralMaster, or for the host's X/Y/Z plot."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any


def by_name(**arguments: Any) -> dict[str, Any]:
    """The part of a job that asks for NeuralMaster by its name."""
    return {"alwayson_scripts": {"NeuralMaster": {"args": [arguments]}}}


def by_position(*arguments: Any) -> dict[str, Any]:
    return {"alwayson_scripts": {"NeuralMaster": {"args": list(arguments)}}}


def plot_arguments() -> list[str]:
    """The names of the X/Y/Z plot's script args, which differ from host to host."""
    at, name = Path(os.environ["WEBUI_DIR"]), "scripts/xyz_grid.py"
    files = (*at.glob(name), *at.glob(f"extensions-builtin/*/{name}"))
    script = files[0].read_text(encoding="utf-8")
    found = re.search(r"return \[\s*(x_type,[^\]]*)\]", script)[1]
    return re.split(r",\s*", found.strip().rstrip(","))
