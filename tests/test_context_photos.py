"""`context` on photos: the same from every side, and without crumbs; skipped without the photos.

The photos are scikit-image's, those of tests/benchmarks/quality.py.
"""

import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster import preprocess
from tests.pictures import pixels, two_channel

quality = pytest.importorskip("tests.benchmarks.quality", reason="scikit-image is not installed")

SIDE = 240
PHOTOS = {
    "cup": ("coffee", (0.20, 0.08, 0.80, 0.90)),
    "cat": ("chelsea", (0.10, 0.05, 0.85, 0.98)),
    "face": ("astronaut", (0.33, 0.05, 0.60, 0.50)),
}
CASES = ["mild", "exact", "white 1.5%"]
VIEWS = {
    "mirrored": lambda p: p[:, ::-1],
    "transposed": lambda p: p.swapaxes(0, 1),
    "turned": np.rot90,
    "shifted": lambda p: np.roll(p, (1, 1), (0, 1)),
}


def job(name, case, side=SIDE):
    """A spoilt photo and its mask, with a margin of 4 pixels to be shifted into."""
    file, box = PHOTOS[name]
    try:
        image = quality.photo(file, side)
    except Exception as error:
        pytest.skip(f"no photo: {error}")
    source = quality.cut_out(image, box)
    red = next(quality.regions(source, np.random.default_rng(3), 0.25))
    levels, _, picture = quality.cases(image, source, red, 0, quality.TRIALS["bench"])[case]
    planes = [picture, np.uint8(np.rint(levels * 255)), source]
    planes = [cv2.copyMakeBorder(p, 4, 4, 4, 4, cv2.BORDER_CONSTANT) for p in planes]
    return planes[0], pixels(two_channel(*planes[1:]))


def filled(image, mask):
    parts = (Image.fromarray(np.ascontiguousarray(part)) for part in (image, mask))
    return pixels(preprocess(*parts).image).astype(int)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", list(PHOTOS))
def test_a_photo_is_filled_the_same_from_every_side(name, case):
    image, mask = job(name, case)
    before = filled(image, mask)
    for view, turn in VIEWS.items():
        apart = np.abs(turn(before) - filled(turn(image), turn(mask)))
        core = turn(mask)[..., 0] == 255
        assert apart.max() <= 1, view
        assert apart[core].mean() <= 0.1, view


@pytest.mark.parametrize(("name", "side"), [("cup", 240), ("cat", 240), ("face", 480)])
def test_crumbs_and_pinholes_of_a_found_object_change_little(name, side):
    """Specks of green in the background, which are no object, and holes in the object.

    Each is about 2% of the object's size across, as far as softening reaches; the face is small in
    its photo, so that is twice as large.
    """
    image, mask = job(name, "mild", side)
    rng = np.random.default_rng(8)
    specks = cv2.dilate(np.uint8(rng.random(mask.shape[:2]) < 0.001), np.ones((2, 2), np.uint8))
    object_ = mask[..., 1] > 0
    for where, most in ((object_, 0.5), (~object_, 3)):
        changed = (specks > 0) & where
        found = mask.copy()
        found[changed, 1] = 255 - mask[changed, 1]
        both = (mask[..., 0] == 255) & (mask[..., 1] == 255) & ~changed
        apart = np.abs(filled(image, mask) - filled(image, found))[both]
        assert changed.sum() > 20
        assert apart.mean() <= most


@pytest.mark.parametrize("name", list(PHOTOS))
def test_whether_a_brush_took_one_more_pixel_hardly_matters(name):
    """One that shows the white beneath; to uncover a highlight beside it is another matter."""
    image, mask = job(name, "exact")
    red, inside = mask[..., 0] == 255, mask[..., 1] > 0
    beside = cv2.dilate(np.uint8(~red & inside), np.ones((3, 3), np.uint8)) > 0
    edge = np.argwhere(red & inside & beside)
    before = filled(image, mask)
    worst = []
    for y, x in edge[np.random.default_rng(0).choice(len(edge), 12, replace=False)]:
        changed = mask.copy()
        changed[y, x, 0] = 0
        core = red & inside
        core[y, x] = False
        worst.append(np.abs(before - filled(image, changed))[core].max())
    assert np.median(worst) <= 2
    assert max(worst) <= 20
