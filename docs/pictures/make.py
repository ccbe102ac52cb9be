"""Makes the pictures of the pages: of the bundled example, of a photo, of the table of times.

python -m docs.pictures.make

Needs scikit-image (tests/benchmarks/requirements.txt), whose photos it spoils.
"""

from __future__ import annotations

from pathlib import Path

from docs.pictures import chart, example, photos
from neuralmaster import FillParams, files, preprocess
from neuralmaster.fills import FILLS
from neuralmaster.sheet import arranged, host_fill

HERE = Path(__file__).parent
SIDE = 400


def main() -> None:
    """Writes all of them beside this file."""
    image = files.read(HERE.parent / "example" / "image.png")
    mask = files.read(HERE.parent / "example" / "mask.png")
    methods = [name for name, fill in FILLS.items() if fill.needs_object]
    prepared = {name: preprocess(image, mask, FillParams(method=name)).image for name in methods}
    row = {
        "Input": image,
        "Two-channel mask": mask,
        "The WebUI's own fill": host_fill(image, mask.getchannel("R")),
        "NeuralMaster": prepared["context"],
    }
    files.write_all(
        {
            HERE / "row.jpg": arranged(row, 4, SIDE),
            HERE / "methods.jpg": arranged(prepared, 4, SIDE),
            HERE / "steps.jpg": arranged(example.steps(image, mask), 4, SIDE),
            HERE / "trust.jpg": arranged(photos.trust("retina"), 4, 300),
            HERE / "brush.jpg": arranged(photos.brushes(), 4, 240),
            HERE / "grain.jpg": arranged(example.grains(image, mask), 3, SIDE),
            HERE / "match.jpg": arranged(photos.matches(), 3, SIDE),
            HERE / "texture.jpg": arranged(photos.textures(), 4, 240),
            HERE / "removed.jpg": arranged(photos.removed(), 3, 300),
            HERE / "speed.png": chart.drawn((HERE.parent / "benchmarks.md").read_text()),
        }
    )


if __name__ == "__main__":
    main()
