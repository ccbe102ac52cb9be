"""Folders of images in the working directory, and the command `fill` over them."""

from pathlib import Path

from PIL import Image

from neuralmaster.cli import main
from tests.pictures import textured_scene

NAMES = ["a", "b", "c"]


def made(names: list[str]) -> dict[str, tuple[Image.Image, Image.Image]]:
    """Writes images/ and masks/; gives {name: (image, mask)}."""
    Path("images").mkdir()
    Path("masks").mkdir()
    pairs = {name: textured_scene(40, 32, seed) for seed, name in enumerate(names)}
    for name, (image, mask) in pairs.items():
        image.save(f"images/{name}.png")
        mask.save(f"masks/{name}.png")
    return pairs


def fill(*arguments: str) -> int:
    return main(["fill", "images", "masks", "-o", "out", *arguments])


def listed(folder: str = "out") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())
