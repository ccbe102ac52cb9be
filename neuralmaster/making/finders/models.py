"""Where a saliency model lies, if a person has one. Nothing is ever downloaded."""

from __future__ import annotations

import os
from pathlib import Path

ENVIRONMENT = "NEURALMASTER_MODEL"
NAMES = ("u2netp.onnx", "silueta.onnx", "u2net.onnx", "isnet-general-use.onnx")  # fastest first

_named: list[Path] = []  # at most one
_folders: list[Path] = []


def use(path: str | Path | None) -> None:
    """Names the model to use from now on; None: the first that is found in a folder."""
    _named[:] = [Path(path).expanduser()] if path else []


def look_in(folder: str | Path) -> None:
    """Adds a folder to those in which models of known names are looked for."""
    if Path(folder) not in _folders:
        _folders.append(Path(folder))


def model() -> Path | None:
    """The model to use, or None.

    The one that was named, by `use` or in the environment, whether it is there or not. Else the
    first of NAMES in the folders: those added, U2NET_HOME, and ~/.u2net, where rembg keeps them.
    """
    named = os.environ.get(ENVIRONMENT, "")
    if _named or named:
        return _named[0] if _named else Path(named).expanduser()
    home = os.environ.get("U2NET_HOME") or f"{os.environ.get('XDG_DATA_HOME', '~')}/.u2net"
    folders = [*_folders, Path(home).expanduser()]
    paths = (folder / name for name in NAMES for folder in folders)
    return next((path for path in paths if path.is_file()), None)
