"""Which files a command may write: no output is an input or another output of the same run."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from neuralmaster import atomic, files
from neuralmaster.cli import batch

_Key = tuple[object, ...]


class ReservedFiles:
    """The files of a run that no output may replace, compared by identity, not only by name.

    Symbolic and hard links count as the file itself, and so do names that the file system treats
    as equal.
    """

    def __init__(self, inputs: Iterable[Path | None] = ()) -> None:
        self._keys: set[_Key] = set()
        self._folds: dict[Path, bool] = {}
        for path in filter(None, inputs):
            self._keys |= self._places(path) | self._file(path)

    def has(self, path: Path) -> bool:
        """Whether the path is one of the files. Raises OSError if that cannot be found out."""
        return not self._keys.isdisjoint(self._places(path) | self._file(path))

    def add(self, path: Path, what: str = "choose another name to write to") -> None:
        """Adds a file. Raises ValueError, which ends in `what` to do, if it is reserved already."""
        if self.has(path):
            raise ValueError(f"{path}: is an input or named twice; {what}")
        self._keys |= self._places(path)  # not its inode: write_all replaces a file, links and all

    def _places(self, path: Path) -> set[_Key]:
        name = self._name(path)
        folders = {(os.path.realpath(path.parent),), *self._file(path.parent)}
        return {(*folder, name) for folder in folders}

    def _file(self, path: Path) -> set[_Key]:
        try:
            status = path.stat()
        except FileNotFoundError:
            return set()
        return {(status.st_dev, status.st_ino)} if status.st_ino else set()

    def _name(self, path: Path) -> str:
        plain = unicodedata.normalize("NFC", path.name).casefold()
        if plain == path.name:
            return plain
        return plain if self._ignores_case(path.parent) else path.name

    def _ignores_case(self, folder: Path) -> bool:
        while not folder.exists():
            folder = folder.parent
        if folder not in self._folds:
            try:
                self._folds[folder] = atomic.ignores_case(folder)
            except OSError:  # then writing fails too, with a clear message
                self._folds[folder] = os.name == "nt"
        return self._folds[folder]


def check_files(inputs: Sequence[Path | None], outputs: Sequence[Path | None]) -> ReservedFiles:
    """Raises ValueError if an output cannot be written, is an input, or is named twice."""
    reserved = ReservedFiles(inputs)
    for path in filter(None, outputs):
        files.check_writable(path)
        reserved.add(path)
    return reserved


def check_folders(inputs: Sequence[Path | None], outputs: Sequence[Path | None]) -> None:
    """Like `check_files`, for outputs that are folders or will be."""
    Image.init()
    reserved = ReservedFiles(inputs)
    for path in filter(None, outputs):
        wrong = path.exists() or path.suffix.lower() in Image.EXTENSION
        if wrong and not path.is_dir():
            raise ValueError(f"{path}: expected a folder to write to, as IMAGE is one, got a file")
        if not path.is_dir() and not path.parent.is_dir():
            raise ValueError(f"{path}: cannot be made: there is no directory {path.parent}")
        reserved.add(path, "choose another folder")


def check_pairs(entries: Sequence[batch.Pair | str], folders: Sequence[Path]) -> ReservedFiles:
    """The inputs of a folder run and the outputs it will write into the folders.

    Raises ValueError if an output is an input, or if the file system treats the names of two
    outputs as equal.
    """
    pairs = [pair for pair in entries if isinstance(pair, batch.Pair)]
    reserved = ReservedFiles(
        path for pair in pairs for path in (pair.image, pair.mask, pair.object_mask)
    )
    for folder in folders:
        for pair in pairs:
            reserved.add(folder / pair.out.name, "choose another folder to write to")
    return reserved
