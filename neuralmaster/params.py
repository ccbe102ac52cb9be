"""The parameters of a fill: one table, from which every interface is built."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from neuralmaster.fills import FILLS


@dataclass(frozen=True)
class Choice:
    """How a parameter that takes one of a few names is shown and checked."""

    label: str
    help: str
    names: tuple[str, ...]

    def check(self, name: str, value: object) -> None:
        """Raises ValueError if the parameter `name` does not permit this value."""
        if value not in self.names:
            raise ValueError(f"{name}: expected one of {', '.join(self.names)}, got {value!r}")

    def schema(self) -> dict[str, Any]:
        """The permitted values as JSON Schema."""
        return {"type": "string", "enum": list(self.names)}


@dataclass(frozen=True)
class Number:
    """How a parameter that takes a number is shown and checked; both ends are allowed."""

    label: str
    help: str
    minimum: float
    maximum: float
    step: float

    def check(self, name: str, value: object) -> None:
        """Raises ValueError if the parameter `name` does not permit this value."""
        # bool is an int to Python, but "feather: true" is a mistake in a request
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not self.minimum <= value <= self.maximum:  # type: ignore[operator]
            raise ValueError(
                f"{name}: expected a number from {self.minimum:g} to {self.maximum:g}, "
                f"got {value!r}"
            )

    def schema(self) -> dict[str, Any]:
        """The permitted values as JSON Schema."""
        return {"type": "number", "minimum": self.minimum, "maximum": self.maximum}


def _param(default: Any, spec: Choice | Number) -> Any:
    return field(default=default, metadata={"spec": spec})


@dataclass(frozen=True)
class FillParams:
    """The parameters of one fill. Raises ValueError for a value outside its range."""

    method: str = _param(
        next(iter(FILLS)),
        Choice(
            label="Fill method",
            help="; ".join(f"{name}: {fill.help}" for name, fill in FILLS.items()),
            names=tuple(FILLS),
        ),
    )
    source: str = _param(
        "green",
        Choice(
            label="Useful object",
            help="where the useful object is marked; green: in the mask's green channel; "
            "alpha: by the image's own transparency; all: the whole picture is useful",
            names=("green", "alpha", "all"),
        ),
    )
    feather: float = _param(
        0.0,
        Number(
            label="Feather",
            help="widens a hard red edge to a gradient of this many pixels, half of it on "
            "either side; what is repainted stays the same, 0 leaves the mask as it is",
            minimum=0.0,
            maximum=512.0,
            step=1.0,
        ),
    )
    grain: float = _param(
        0.0,
        Number(
            label="Grain",
            help="lays a texture like the useful object's own over the fill; 1 is as strong as "
            "the object's, 0 leaves the fill smooth",
            minimum=0.0,
            maximum=1.0,
            step=0.05,
        ),
    )

    def __post_init__(self) -> None:
        for name, spec in specs().items():
            spec.check(name, getattr(self, name))

    @property
    def is_random(self) -> bool:
        """Whether the seed of a request makes a difference."""
        return self.grain > 0 or "seed" in FILLS[self.method].takes


def specs() -> dict[str, Choice | Number]:
    """Each field of FillParams with its label, help and range, in order."""
    return {f.name: f.metadata["spec"] for f in fields(FillParams)}
