"""Counts how many steps each latent takes part in, as what the host goes on with shows."""

from pathlib import Path

import numpy as np
from modules import scripts

FOUND = Path(__file__).absolute().parents[3] / "shares.npz"


class Shares(scripts.Script):
    def title(self):
        return "Shares"

    def show(self, is_img2img):
        return scripts.AlwaysVisible if is_img2img else False

    def on_mask_blend(self, p, mba, *args):
        if mba.denoiser is None:
            changed = (mba.blended_latent != mba.init_latent).any(1)[0].cpu().numpy()
            np.savez(FOUND, counts=self.counts, calls=self.calls, steps=self.steps, changed=changed)
            return
        if mba.denoiser.step == 0:
            self.counts, self.calls = 0, 0
        self.steps = mba.denoiser.steps
        taken = (mba.blended_latent == mba.current_latent).all(1)[0]
        self.counts = self.counts + taken.cpu().numpy().astype(int)
        self.calls += 1
