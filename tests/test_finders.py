import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster import files
from neuralmaster.making import edits
from neuralmaster.making.finders import FINDERS, by_box, by_strokes, find
from tests.pictures import APPLE, ROOT, flat_scene, pixels, textured_scene

EXAMPLE = ROOT / "docs" / "example"


def overlap(found, truth):
    found, truth = found > 127, truth > 127
    return (found & truth).sum() / (found | truth).sum()


def example():
    green = pixels(files.read(EXAMPLE / "mask.png"))[..., 1]
    return files.read(EXAMPLE / "image.png"), green


def test_a_box_finds_the_example():
    image, green = example()
    assert overlap(by_box(image, (60, 40, 710, 705)), green) > 0.98


def test_the_same_box_finds_the_same_at_twice_the_size():
    image, green = example()
    large = image.resize((1536, 1536))
    found = by_box(large, (120, 80, 1420, 1410))
    truth = np.asarray(Image.fromarray(green).resize(large.size))
    assert overlap(found, truth) > 0.98


def test_without_a_box_most_of_it_is_found():
    image, green = example()
    assert overlap(FINDERS["auto"](image), green) > 0.95


def test_strokes_find_what_they_touch():
    image, green = example()
    strokes = edits.stroke(image.size, [(180, 350), (300, 600), (600, 500), (500, 180)], 14)
    found = by_strokes(image, strokes)
    assert overlap(found, green) > 0.85
    assert (found[strokes > 127] > 127).all()


@pytest.mark.skipif(not APPLE.is_dir(), reason=f"needs {APPLE}")
def test_the_apple_is_found_by_its_background_and_by_a_box():
    image = files.read(APPLE / "image.png")
    truth = pixels(files.read(APPLE / "mask.png").convert("RGB"))[..., 1]
    for found in (FINDERS["background"](image), by_box(image, (5, 115, 768, 710))):
        assert overlap(found, truth) > 0.99


def test_a_plain_background_goes_inwards_from_the_border_only():
    image = Image.new("RGB", (80, 60), (240, 240, 240))
    image.paste((200, 60, 40), (20, 15, 60, 45))
    image.paste((240, 240, 240), (35, 25, 45, 35))  # enclosed, so it is the object's
    truth = edits.rectangle(image.size, (20, 15, 60, 45))
    assert overlap(FINDERS["background"](image), truth) == 1
    assert overlap(FINDERS["auto"](image), truth) == 1


def test_transparency_comes_first():
    image, _ = textured_scene(60, 50)
    alpha = Image.new("L", image.size)
    alpha.paste(255, (10, 10, 30, 40))
    image.putalpha(alpha)
    assert np.array_equal(FINDERS["alpha"](image), pixels(alpha))
    assert np.array_equal(FINDERS["auto"](image), pixels(alpha))


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (2, 7), (64, 1), (31, 33)])
def test_every_finder_takes_any_picture(mode, size):
    image = flat_scene(64)[0].resize(size).convert(mode)
    for found in (find(image).plane, FINDERS["all"](image)):
        assert found.shape == (size[1], size[0])
        assert found.dtype == np.uint8


def test_a_box_of_the_whole_picture_and_one_beyond_it():
    image, _ = flat_scene(64)
    whole = by_box(image, (0, 0, 64, 64))
    assert np.array_equal(by_box(image, (-9, -9, 90, 90)), whole)


def test_finding_twice_gives_the_same():
    image, _ = textured_scene(120, 90)
    assert np.array_equal(FINDERS["auto"](image), FINDERS["auto"](image))


def opaque():
    return textured_scene(40, 40)[0]


@pytest.mark.parametrize(
    ("find", "sentence"),
    [
        (
            lambda: FINDERS["alpha"](opaque()),
            "a picture with transparency, got an opaque one",
        ),
        (
            lambda: FINDERS["background"](example()[0]),
            "a plain background .* got many colours",
        ),
        (lambda: by_box(opaque(), (50, 50, 60, 60)), "a box with pixels in it, got none"),
        (lambda: by_box(opaque(), (5, 5, 7, 9)), "a box of at least 3x3 pixels, got 2x4"),
        (lambda: by_strokes(opaque(), edits.blank((40, 40))), "strokes .* got none"),
    ],
)
def test_what_cannot_be_found_is_one_sentence(find, sentence):
    with pytest.raises(ValueError, match=f"expected {sentence}"):
        find()


def test_the_random_numbers_of_whoever_calls_are_left_alone():
    image, _ = textured_scene(300, 200)
    strokes = np.zeros((200, 300), np.uint8)
    strokes[90:110, 50:80] = 255

    def drawn(run):
        cv2.setRNGSeed(7)
        run()
        return cv2.randu(np.zeros(4, np.int32), 0, 1 << 20).tolist()

    expected = drawn(lambda: None)
    assert drawn(lambda: by_box(image, (6, 4, 294, 196))) == expected
    assert drawn(lambda: by_strokes(image, strokes)) == expected
