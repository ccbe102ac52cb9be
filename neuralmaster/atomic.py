"""Files written completely or not at all, even if the process is killed halfway."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

_PREFIX, _SUFFIX = ".neuralmaster-", ".part"  # of an unfinished file, beside its target


def write(contents: Mapping[Path, bytes]) -> None:
    """Writes all of the files or none; they appear in the order given.

    Each is first written under a temporary name beside its target, so the target is never half
    written. It gets the permissions of any new file. Raises OSError with the path's name.
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
    """Raises OSError if no file can be created in the folder."""
    part = _beside(folder)
    try:
        part.open("xb").close()
    finally:
        part.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Removes unfinished files of killed processes in the folder, none that is being written."""
    for part in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError), part.open("rb+") as file:
            _lock(file)
            if fcntl is None:
                file.close()
            part.unlink()


def ignores_case(folder: Path) -> bool:
    """Whether names that differ only in case or Unicode normalization are one file here.

    Some file systems treat a precomposed letter and its decomposed form as the same.
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
    """Raises OSError if another process has the lock; does nothing where there are no locks."""
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        pass
