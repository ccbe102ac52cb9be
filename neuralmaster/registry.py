"""Tables that modules fill by themselves: each registers what it defines, by a decorator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Generic, Protocol, TypeVar


class Entry(Protocol):
    """What a table holds. name: by which users choose it. rank: its position in lists, ascending.

    Entries are made as Entry(name, function, rank=…, …).
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def rank(self) -> int: ...  # noqa: D102


E = TypeVar("E", bound=Entry)
Function = TypeVar("Function", bound=Callable[..., Any])


class Registry(Generic[E]):
    """The decorator of one table: `@registry("name", rank=10, …)` registers a function.

    entry: the class of the table's entries.
    """

    def __init__(self, entry: Callable[..., E]) -> None:
        self._entry = entry
        self._entries: list[E] = []

    def __call__(self, name: str, **fields: Any) -> Callable[[Function], Function]:
        """Registers the decorated function. fields: the other fields of its entry."""

        def register(function: Function) -> Function:
            self._entries.append(self._entry(name, function, **fields))
            return function

        return register

    def table(self, package: str, path: Iterable[str]) -> dict[str, E]:
        """Imports all modules of a package; returns what they registered, by name, in order.

        package, path: its `__name__` and `__path__`.
        """
        for module in iter_modules(path):
            import_module(f"{package}.{module.name}")
        return {entry.name: entry for entry in sorted(self._entries, key=lambda entry: entry.rank)}
