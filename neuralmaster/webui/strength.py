"""The red gradient as strength: the less red, the later a pixel joins the sampling.

Differential diffusion (Levin and Fried, 2023), by the host's hook `on_mask_blend`, which decides
after each call of the model what of its latents, and what of the original's, goes on.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np

from neuralmaster.images import Floats

if TYPE_CHECKING:
    from modules.scripts import Denoiser, MaskBlendArgs, Tensor

SHARP = 0.1  # an edge from below this to above 1 - this within three latents is no gradient
ROUNDING = 1e-3  # of a step: red is 8 bits, and a host may hold it in half precision


class Strength:
    """Of one job. It knows nothing of torch but the operators of the host's tensors."""

    def __init__(self) -> None:
        self._shares: Tensor | None = None  # of the steps, that each latent takes part in
        self._noise: Tensor | None = None
        self._steps = 0

    def blend(self, mba: MaskBlendArgs) -> None:
        """Called by the host at each call of the model, and once after the last, with no denoiser.

        A latent with a share of s takes part in the last s * steps steps.
        """
        denoiser = mba.denoiser
        if denoiser is not None and denoiser.step == 0:
            self._shares, self._noise = _shares(mba.nmask), None
            self._steps = _steps(denoiser)
        if self._shares is None:  # nothing was sampled
            return
        joined = self._joined(self._left(denoiser))
        kept = self._kept(mba) if denoiser is not None else mba.init_latent
        mba.blended_latent = mba.current_latent * joined + kept * (1 - joined)
        if (
            denoiser is not None
        ):  # some hosts mix noise into what is kept before each call, by this mask
            denoiser.nmask = self._joined(self._left(denoiser, 1))
            denoiser.mask = 1 - denoiser.nmask

    def _joined(self, left: int) -> Tensor:
        """1 where a latent takes part with so many steps left, this one included; else 0."""
        assert self._shares is not None
        joined = self._shares * self._steps + ROUNDING >= left
        return joined.to(self._shares.dtype)

    def _left(self, denoiser: Denoiser | None, later: int = 0) -> int:
        """The steps that are left at the call of the model that is so much later."""
        if denoiser is None:
            return 1
        # samplers of second order call the model twice a step
        calls = denoiser.total_steps // (denoiser.steps or denoiser.total_steps)
        return max(self._steps - (denoiser.step + later) // calls, 1)

    def _kept(self, mba: MaskBlendArgs) -> Tensor:
        """What the host goes on with where nothing is repainted yet.

        Mostly the original. But for samplers of timesteps (DDIM, PLMS, UniPC) the host blends
        before it calls the model, so what is kept has to be as noisy as the rest.
        """
        denoiser, original = mba.denoiser, mba.init_latent
        alphas: Tensor | None = getattr(denoiser, "alphas", None)
        if alphas is None or not _blends_before(denoiser):
            return original
        signal = float(alphas[int(mba.sigma.flatten()[0])])
        if self._noise is None:
            self._noise = (mba.current_latent - original * sqrt(signal)) / sqrt(1 - signal)
        return original * sqrt(signal) + self._noise * sqrt(1 - signal)


def _steps(denoiser: Denoiser) -> int:
    """How many steps there will be."""
    steps = denoiser.steps or denoiser.total_steps
    # those loop between timesteps, of which the host announces one too many
    return max(steps - 2, 1) if _blends_before(denoiser) else steps


def _blends_before(denoiser: Denoiser | None) -> bool:
    """Whether the host blends before it calls the model: for samplers of timesteps."""
    return bool(getattr(denoiser, "mask_before_denoising", False))


def _shares(mask: Tensor) -> Tensor:
    """Of the steps, for each latent of the host's mask; in its shape and precision."""
    planes = mask.float().cpu().numpy()
    height, width = planes.shape[-2:]
    made = [with_hard_edges(plane) for plane in planes.reshape(-1, height, width)]
    return mask.new_tensor(np.stack(made)).reshape(mask.shape)


def with_hard_edges(mask: Floats) -> Floats:
    """A mask, h x w, whose hard edges are hard again: scaling it to the latents softened them."""
    mask = np.ascontiguousarray(mask, np.float32)
    around = np.ones((3, 3), np.uint8)
    for _ in range(2):  # a corner is known by its neighbours
        edge = (cv2.erode(mask, around) <= SHARP) & (cv2.dilate(mask, around) >= 1 - SHARP)
        mask = np.where(edge, np.around(mask), mask)
    return mask
