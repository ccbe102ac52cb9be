"""Files written whole or not at all, also if the process is ended in between."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows: there a file that is open cannot be removed, which does as well
    fcntl = None  # type: ignore[assignment]

_PREFIX, _SUFFIX = ".neuralmaster-", ".part"  # a file that is not finished, beside its place


def write(contents: Mapping[Path, bytes]) -> None:
    """Writes all of the files or none; the last to appear is the last of them.

    Each is finished under another name beside its place first, so that nothing half written is
    ever seen there. It has the rights of any new file. Raises OSError with the path's name.
    """
    unfinished = {path: _beside(path.parent) for path in contents}
    path = next(iter(contents), Path())
    try:
        with ExitStack() as opened:
            for path, content in contents.items():
                file = opened.enter_context(unfinished[path].open("xb"))
                _lock(file)
                file.write(content)
                file.flush()
                if fcntl is None:
                    file.close()
            for path, part in unfinished.items():
                part.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        for part in unfinished.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def check(folder: Path) -> None:
    """Raises OSError if no file can be made in the folder."""
    part = _beside(folder)
    try:
        part.open("xb").close()
    finally:
        part.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Removes what a killed process left unfinished in the folder; not what one still writes."""
    for part in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError), part.open("rb+") as file:
            _lock(file)
            if fcntl is None:
                file.close()
            part.unlink()


def ignores_case(folder: Path) -> bool:
    """Whether two names in the folder are the same file if they differ in case or accents alone.

    Some file systems also take a letter with its accent and the two apart for the same.
    """
    part = _beside(folder, "-\N{LATIN CAPITAL LETTER E WITH ACUTE}")
    others = (part.name.upper(), unicodedata.normalize("NFD", part.name))
    try:
        part.open("xb").close()
        return any((folder / name).exists() for name in others)
    finally:
        part.unlink(missing_ok=True)


def _beside(folder: Path, mark: str = "") -> Path:
    return folder / f"{_PREFIX}{uuid.uuid4().hex}{mark}{_SUFFIX}"


def _lock(file: IO[bytes]) -> None:
    """Raises OSError if another process holds it; a file system without locks has none."""
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        pass
