"""Files that the studio needs from outside this package: a wheel carries copies of them."""

from __future__ import annotations

from pathlib import Path

_COPIES = Path(__file__).resolve().parents[1] / "bundled"  # only in a wheel, see pyproject.toml
_CHECKOUT = Path(__file__).resolve().parents[2]

EXAMPLE = "docs/example/image.png"
SCRIPTS = (  # a WebUI loads them from the extension's folder, so they cannot live in this package
    "javascript/neuralmaster_brush.js",
    "javascript/neuralmaster_busy.js",
    "javascript/neuralmaster_canvas.js",
    "javascript/neuralmaster_controls.js",
    "javascript/neuralmaster_early.js",
    "javascript/neuralmaster_events.js",
    "javascript/neuralmaster_geometry.js",
    "javascript/neuralmaster_image.js",
    "javascript/neuralmaster_keep.js",
    "javascript/neuralmaster_keys.js",
    "javascript/neuralmaster_look.js",
    "javascript/neuralmaster_output.js",
    "javascript/neuralmaster_params.js",
    "javascript/neuralmaster_pictures.js",
    "javascript/neuralmaster_pointer.js",
    "javascript/neuralmaster_saved.js",
    "javascript/neuralmaster_session.js",
    "javascript/neuralmaster_sources.js",
    "javascript/neuralmaster_strokes.js",
    "javascript/neuralmaster_studio.js",
    "javascript/neuralmaster_tint.js",
    "javascript/neuralmaster_views.js",
    "javascript/neuralmaster_work.js",
)


def path(name: str) -> Path:
    """Where a file lies that is named by its path in the checkout."""
    copy = _COPIES / name
    return copy if copy.is_file() else _CHECKOUT / name


def scripts() -> str:
    """The JavaScript of the page, which the studio outside a WebUI brings along."""
    return "\n".join(path(name).read_text(encoding="utf-8") for name in SCRIPTS)
