"""Files that the studio needs from outside this package: a wheel carries copies of them."""

from __future__ import annotations

from pathlib import Path

_COPIES = Path(__file__).resolve().parents[1] / "bundled"  # only in a wheel, see pyproject.toml
_CHECKOUT = Path(__file__).resolve().parents[2]

EXAMPLE = "docs/example/image.png"
SCRIPTS = (  # a WebUI loads them from the extension's folder, so they cannot live in this package
    "javascript/neuralmaster_pictures.js",
    "javascript/neuralmaster_session.js",
    "javascript/neuralmaster_strokes.js",
    "javascript/neuralmaster_studio.js",
)


def path(name: str) -> Path:
    """Where a file lies that is named by its path in the checkout."""
    copy = _COPIES / name
    return copy if copy.is_file() else _CHECKOUT / name


def scripts() -> str:
    """The JavaScript of the page, which the studio outside a WebUI brings along."""
    return "\n".join(path(name).read_text(encoding="utf-8") for name in SCRIPTS)
