"""The parameters, of a fill and of what follows it: tables from which every interface is built."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from neuralmaster.fills import FILLS

_HEX = "#[0-9a-fA-F]{6}"


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


@dataclass(frozen=True)
class Colour:
    """How a parameter that takes a colour is shown and checked: "#rrggbb", as in HTML."""

    label: str
    help: str

    def check(self, name: str, value: object) -> None:
        """Raises ValueError if the parameter `name` does not permit this value."""
        if not isinstance(value, str) or not re.fullmatch(_HEX, value):
            raise ValueError(f"{name}: expected a colour as in #b2543a, got {value!r}")

    def schema(self) -> dict[str, Any]:
        """The permitted values as JSON Schema."""
        return {"type": "string", "pattern": f"^{_HEX}$"}


Spec = Choice | Number | Colour


def _param(default: Any, spec: Spec, *, kw_only: bool = False) -> Any:
    return field(default=default, metadata={"spec": spec}, kw_only=kw_only)


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
    colour: str = _param(
        "#808080",
        Colour(label="Fill colour", help="the colour of the method colour; others ignore it"),
        kw_only=True,
    )
    source: str = _param(
        "green",
        Choice(
            label="Useful object",
            help="where the useful object is marked; green: in the mask's green channel; "
            "alpha: by the image's own transparency; all: the whole picture is useful; "
            "auto: in green, or found in the image if the mask has none",
            names=("green", "alpha", "all", "auto"),
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
    def uses_seed(self) -> bool:
        """Whether another seed gives another fill."""
        return self.grain > 0 or "seed" in FILLS[self.method].takes


@dataclass(frozen=True)
class SamplingParams:
    """What is done while a model samples, and to what comes back; no fill depends on it.

    Raises ValueError for a value outside its range.
    """

    gradient: str = _param(
        "hard",
        Choice(
            label="Gradient while sampling",
            help="what the red gradient does while the model paints; hard: all that is at least "
            "half red is repainted; blend: what the model paints fades out through the gradient; "
            "strength: the less red, the fewer of the last steps a pixel takes part in",
            names=("hard", "blend", "strength"),
        ),
    )
    match: str = _param(
        "seam",
        Choice(
            label="Match the result",
            help="how the colours of the result are corrected; off: not at all; seam: by the tint "
            "that the kept pixels show, so that no edge is left; object: so too, and then the "
            "object's colours are pulled towards the fill of context",
            names=("off", "seam", "object"),
        ),
    )
    match_strength: float = _param(
        1.0,
        Number(
            label="Match strength",
            help="how far colours are pulled by object; 1 is all the way, 0 leaves seam",
            minimum=0.0,
            maximum=1.0,
            step=0.05,
        ),
    )

    def __post_init__(self) -> None:
        for name, spec in specs(SamplingParams).items():
            spec.check(name, getattr(self, name))


TABLES = (FillParams, SamplingParams)
# The order in interfaces that know a value by its position: script arguments and ComfyUI's widgets.
# Published positions never change, so a new parameter comes last.
BY_POSITION = (
    *("method", "source", "feather", "grain", "colour"),
    *("gradient", "match", "match_strength"),
)
OF_MASK = ("source", "feather")  # how the mask is read; the rest of FillParams is about the fill
WHILE_SAMPLING = ("gradient",)  # needs the WebUI's sampler; the rest of SamplingParams matches
SEEDED = ("grain", *(name for name, fill in FILLS.items() if "seed" in fill.takes))


def specs(table: type = FillParams) -> dict[str, Spec]:
    """Each field of a table with its label, help and range, in order."""
    return {f.name: f.metadata["spec"] for f in fields(table)}


def all_specs() -> dict[str, Spec]:
    """The specs of all tables; no two tables have a field of the same name."""
    return {name: spec for table in TABLES for name, spec in specs(table).items()}


def matching_specs() -> dict[str, Spec]:
    """The specs of matching a result, for which no sampler is needed."""
    names = (name for name in BY_POSITION if name not in (*specs(), *WHILE_SAMPLING))
    return {name: all_specs()[name] for name in names}


def applies(name: str, method: str) -> bool:
    """Whether a parameter has an effect on a fill by `method`: some fills have their own."""
    own = [fill.name for fill in FILLS.values() if name in fill.takes]
    return not own or method in own


def built_in() -> dict[str, Any]:
    """The built-in default of every parameter."""
    return {name: value for table in TABLES for name, value in asdict(table()).items()}
