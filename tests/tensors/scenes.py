"""Pictures as tensors and back; whoever imports this is skipped where torch is not installed."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from tests.pictures import pixels

torch = pytest.importorskip("torch", reason="torch is not installed; only tensors need it")
tensors = pytest.importorskip("neuralmaster.tensors")
module = pytest.importorskip("neuralmaster.tensors.batch")
device = pytest.importorskip("neuralmaster.tensors.device")
methods = pytest.importorskip("neuralmaster.tensors.methods")


def tensor(picture: Image.Image) -> torch.Tensor:
    """1 x C x H x W."""
    levels = pixels(picture)
    levels = levels[..., None] if levels.ndim == 2 else levels
    return torch.from_numpy(levels.astype(np.float32) / 255).permute(2, 0, 1)[None].contiguous()


def levels(batch: torch.Tensor) -> np.ndarray:
    return (batch * 255).permute(0, 2, 3, 1).numpy()


def assert_alike(
    image: Image.Image, mask: Image.Image, params: FillParams | None = None, invert: bool = False
) -> None:
    """Within one level of the fill of the picture everywhere, and nearly everywhere the same."""
    params = params or FillParams()
    picture = preprocess(image, mask, params, invert=invert)
    batch = tensors.prepare(tensor(image), tensor(mask), params, invert=invert)
    theirs = np.atleast_3d(pixels(picture.image)).astype(float)
    apart = np.abs(levels(batch.image)[0] - theirs)
    assert batch.applied.tolist() == [picture.applied]
    assert apart.max() <= 1.001
    assert apart.mean() <= 0.05  # OpenCV interpolates in fixed point
    red = np.abs(levels(batch.inpaint_mask)[0, ..., 0] - pixels(picture.inpaint_mask))
    assert red.max() <= 0.001
