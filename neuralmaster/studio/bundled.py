"""Files that the studio needs from outside this package: a wheel carries copies of them."""

from __future__ import annotations

from pathlib import Path

_COPIES = Path(__file__).resolve().parents[1] / "bundled"  # only in a wheel, see pyproject.toml
_CHECKOUT = Path(__file__).resolve().parents[2]

EXAMPLE = "docs/example/image.png"


def path(name: str) -> Path:
    """Where a file or folder lies that is named by its path in the checkout."""
    copy = _COPIES / name
    return copy if copy.exists() else _CHECKOUT / name


# A WebUI loads them from the extension's folder, so they cannot live in this package; it loads
# neuralmaster.js too.
SCRIPTS = tuple(
    f"javascript/{script.name}"
    for script in sorted(path("javascript").glob("neuralmaster_*.js"))
    if script.name != "neuralmaster_img2img.js"  # of the WebUI's img2img tab
)


def scripts() -> str:
    """The JavaScript of the page, which the studio outside a WebUI brings along."""
    return "\n".join(path(name).read_text(encoding="utf-8") for name in SCRIPTS)
