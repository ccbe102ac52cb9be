"""Where a command may write: no output is an input of the same run, or another output."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from neuralmaster import atomic, files
from neuralmaster.cli import batch

_Key = tuple[object, ...]


class Taken:
    """The files of a run that nothing may replace, known by what they are, not by their names.

    A file that an input is a symbolic or a hard link to is that input, and so is a name that the
    file system takes for the same.
    """

    def __init__(self, inputs: Iterable[Path | None] = ()) -> None:
        self._keys: set[_Key] = set()
        self._folds: dict[Path, bool] = {}
        for path in filter(None, inputs):
            self._keys |= self._places(path) | self._file(path)

    def has(self, path: Path) -> bool:
        """Whether the path is one of the files. Raises OSError if that cannot be told."""
        return not self._keys.isdisjoint(self._places(path) | self._file(path))

    def add(self, path: Path, what: str = "choose another name to write to") -> None:
        """Takes one more. Raises ValueError if it is one of them already; what: to do then."""
        if self.has(path):
            raise ValueError(f"{path}: is an input or named twice; {what}")
        self._keys |= self._places(path)  # an old file there, with whatever links, is replaced

    def _places(self, path: Path) -> set[_Key]:
        name = self._name(path)
        folders = {(os.path.realpath(path.parent),), *self._file(path.parent)}
        return {(*folder, name) for folder in folders}

    def _file(self, path: Path) -> set[_Key]:
        try:
            found = path.stat()
        except FileNotFoundError:
            return set()
        return {(found.st_dev, found.st_ino)} if found.st_ino else set()

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
            except OSError:  # it cannot be written either
                self._folds[folder] = os.name == "nt"
        return self._folds[folder]


def check_files(inputs: Sequence[Path | None], outputs: Sequence[Path | None]) -> Taken:
    """Raises ValueError if an output cannot be written, is an input, or is named twice."""
    taken = Taken(inputs)
    for path in filter(None, outputs):
        files.check_writable(path)
        taken.add(path)
    return taken


def check_folders(inputs: Sequence[Path | None], outputs: Sequence[Path | None]) -> None:
    """`check_files` for outputs that are folders, or will be."""
    Image.init()
    taken = Taken(inputs)
    for path in filter(None, outputs):
        wrong = path.exists() or path.suffix.lower() in Image.EXTENSION
        if wrong and not path.is_dir():
            raise ValueError(f"{path}: expected a folder to write to, as IMAGE is one, got a file")
        if not path.is_dir() and not path.parent.is_dir():
            raise ValueError(f"{path}: cannot be made: there is no directory {path.parent}")
        taken.add(path, "choose another folder")


def check_pairs(found: Sequence[batch.Pair | str], folders: Sequence[Path]) -> Taken:
    """The inputs of a folder run, and what it will write into the folders.

    Raises ValueError if one of these is one of those; names of the outputs are those of the
    pairs. A pair whose name the file system takes for an earlier one's raises as well.
    """
    pairs = [pair for pair in found if isinstance(pair, batch.Pair)]
    taken = Taken(path for pair in pairs for path in (pair.image, pair.mask, pair.object_mask))
    for folder in folders:
        for pair in pairs:
            taken.add(folder / pair.out.name, "choose another folder to write to")
    return taken
