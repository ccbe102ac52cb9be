"""Jobs for the fake host."""

from tests.pictures import textured_scene

BY_NAME = [{"enabled": True}, "context", "green", 0.0, ""]


def same(a, b):
    return a.size == b.size and a.mode == b.mode and a.tobytes() == b.tobytes()


def job(size=64, **fields):
    image, mask = textured_scene(size, size)
    return image, mask, {"init_images": [image], "image_mask": mask, "inpainting_fill": 4, **fields}
