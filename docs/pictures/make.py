"""Makes the pictures of the README and of how-it-works.md from the bundled example.

python -m docs.pictures.make
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from neuralmaster import FillParams, TwoChannelMask, files, images, preprocess
from neuralmaster.blend import fill_weight
from neuralmaster.fills import FILLS, Scene
from neuralmaster.fills.context import trust_inpaint, trust_source
from neuralmaster.sheet import arranged, host_fill

HERE = Path(__file__).parent
SIDE = 400


def main() -> None:
    image = files.read(HERE.parent / "example" / "image.png")
    mask = files.read(HERE.parent / "example" / "mask.png")
    prepared = {name: preprocess(image, mask, FillParams(method=name)).image for name in FILLS}
    row = {
        "Input": image,
        "Two-channel mask": mask,
        "The WebUI's own fill": host_fill(image, mask.getchannel("R")),
        "NeuralMaster": prepared["context"],
    }
    files.write_all(
        {
            HERE / "row.jpg": arranged(row, 4, SIDE),
            HERE / "methods.jpg": arranged(prepared, 3, SIDE),
            HERE / "steps.jpg": arranged(steps(image, mask), 4, SIDE),
        }
    )


def steps(image: Image.Image, mask: Image.Image) -> dict[str, Image.Image]:
    """What the context fill sees and makes, one after the other."""
    read = TwoChannelMask.read(mask)
    scene = Scene(image, read)
    field = FILLS["context"](scene)
    left, upper, right, lower = scene.object
    fill = Image.new("RGB", image.size)
    images.write_box(fill, scene.object, field.strip(upper, lower, left, right))
    red, green = read.inpaint / np.float32(255), read.source / np.float32(255)
    context = images.plane_image(images.to_levels(trust_inpaint(red) * trust_source(green)))
    weight = fill_weight(red) * green
    return {
        "Context, by its weight": Image.composite(image, Image.new("RGB", image.size), context),
        "The fill": fill,
        "Fill weight": images.plane_image(images.to_levels(weight)),
        "Prepared image": preprocess(image, mask).image,
    }


if __name__ == "__main__":
    main()
