"""What a fill looks like to a model: the latents of a VAE's encoder, and how far they lie apart.

The encoder is that of TAEF2 (madebyollin/taesd, MIT), which stands for the VAE of FLUX.2. Its
weights are kept outside this repository, and the figures are left out where they are missing.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from tests.pictures import ROOT

WEIGHTS = ROOT.parent / "shared" / "vae" / "taef2_encoder.pth"
CELL = 8  # pixels a side of what becomes one latent
BANDS = 32

Array = NDArray[np.float32]


class Encoder:
    """RGB to latents, layer by layer as the names of the weights tell."""

    def __init__(self) -> None:
        state = torch.load(WEIGHTS, map_location="cpu", weights_only=True)
        self.weights = {name: tensor.float() for name, tensor in state.items()}
        self.layers = sorted({int(name.split(".")[0]) for name in state})

    @torch.inference_mode()
    def __call__(self, image: Array) -> Array:
        """h/8 x w/8 x 32 latents of h x w x 3 in [0, 1]; what is left of a cell is cut off."""
        height, width = (length // CELL * CELL for length in image.shape[:2])
        x = torch.from_numpy(np.ascontiguousarray(image[:height, :width])).permute(2, 0, 1)[None]
        for layer in self.layers:
            x = (
                self._block(x, layer)
                if f"{layer}.conv.0.weight" in self.weights
                else (self._plain(x, layer))
            )
        return x[0].permute(1, 2, 0).numpy()

    def _conv(self, x: Tensor, name: str, stride: int = 1) -> Tensor:
        weight = self.weights[f"{name}.weight"]
        padding = weight.shape[-1] // 2
        return functional.conv2d(x, weight, self.weights.get(f"{name}.bias"), stride, padding)

    def _plain(self, x: Tensor, layer: int) -> Tensor:
        return self._conv(x, str(layer), 1 if f"{layer}.bias" in self.weights else 2)

    def _block(self, x: Tensor, layer: int) -> Tensor:
        if f"{layer}.pool.0.weight" in self.weights:
            y = self._conv(x, f"{layer}.pool.0")
            scale, shift = (self.weights[f"{layer}.pool.1.{name}"] for name in ("weight", "bias"))
            y = functional.group_norm(y, 4, scale, shift).relu()
            x = x + self._conv(y, f"{layer}.pool.3")
        y = self._conv(x, f"{layer}.conv.0").relu()
        y = self._conv(y, f"{layer}.conv.2").relu()
        return (x + self._conv(y, f"{layer}.conv.4")).relu()


def whole_cells(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """h/8 x w/8: which cells lie in a mask with all their pixels."""
    height, width = (length // CELL for length in mask.shape)
    cut = np.float32(mask[: height * CELL, : width * CELL])
    return cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA) > 0.999


def frechet(ours: Array, theirs: Array) -> float:
    """The Fréchet distance of two normal distributions fitted to n x bands latents.

    The square of the Wasserstein distance, as in the FID (Heusel et al., 2017).
    """
    apart = ours.mean(axis=0) - theirs.mean(axis=0)
    a, b = np.cov(ours.T.astype(np.float64)), np.cov(theirs.T.astype(np.float64))
    values, axes = np.linalg.eigh(a)
    root = (axes * np.sqrt(np.maximum(values, 0))) @ axes.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ b @ root), 0)).sum()
    return float(apart @ apart + np.trace(a) + np.trace(b) - 2 * cross)
