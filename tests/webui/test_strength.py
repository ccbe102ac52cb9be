"""The gradient as strength, on tensors and a stand-in of the host's denoiser."""

import importlib
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
pytestmark = pytest.mark.usefixtures("host")
RED = torch.tensor([0, 1 / 255, 0.249, 0.25, 0.5, 0.99, 1]).repeat(4, 8, 1)


def module():
    return importlib.import_module("neuralmaster.webui.strength")


def sampled(steps, mask=RED, calls_of_a_step=1, **more):
    """How many calls each latent took part in, and the latents that came out of the last blend."""
    original, model = torch.zeros(1, *mask.shape), torch.ones(1, *mask.shape)
    total = steps * calls_of_a_step
    denoiser = SimpleNamespace(steps=steps, total_steps=total, mask=1 - mask, nmask=mask, **more)
    one, counts = module().Strength(), torch.zeros_like(mask)
    for step in range(total):
        denoiser.step = step
        mba = blend_of(model, original, denoiser.nmask, denoiser)
        one.blend(mba)
        counts = counts + mba.blended_latent[0]
    last = blend_of(model, original, mask, None)
    one.blend(last)
    return counts[0, 0], last.blended_latent[0, 0, 0]


def blend_of(model, original, mask, denoiser):
    return SimpleNamespace(
        current_latent=model,
        init_latent=original,
        nmask=mask,
        blended_latent=None,
        denoiser=denoiser,
        sigma=torch.tensor([1]),
    )


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (20, [0, 0, 4, 5, 10, 19, 20]),
        (8, [0, 0, 1, 2, 4, 7, 8]),
        (4, [0, 0, 0, 1, 2, 3, 4]),
        (1, [0, 0, 0, 0, 0, 0, 1]),
    ],
)
def test_a_latent_takes_part_in_its_share_of_the_last_steps(steps, expected):
    counts, last = sampled(steps)
    assert counts.tolist() == expected
    assert last.tolist() == [float(count > 0) for count in expected]


def test_a_step_of_two_calls_is_one_step():
    counts, _ = sampled(4, calls_of_a_step=2)
    assert counts.tolist() == [0, 0, 0, 2, 4, 6, 8]


def test_the_host_mixes_by_those_who_take_part_in_the_next_call():
    denoiser = SimpleNamespace(steps=4, total_steps=4, step=0, mask=1 - RED, nmask=RED)
    mba = blend_of(torch.ones(1, *RED.shape), torch.zeros(1, *RED.shape), RED, denoiser)
    module().Strength().blend(mba)
    assert mba.blended_latent[0, 0, 0].tolist() == [0, 0, 0, 0, 0, 0, 1]
    assert denoiser.nmask[0, 0].tolist() == [0, 0, 0, 0, 0, 1, 1]
    assert (denoiser.mask == 1 - denoiser.nmask).all()


def test_each_sampling_begins_anew():
    """Of two batches, which have masks and denoisers of their own."""
    one = module().Strength()
    for mask in (RED, RED.flip(-1)):
        denoiser = SimpleNamespace(steps=1, total_steps=1, step=0, mask=1 - mask, nmask=mask)
        mba = blend_of(torch.ones(1, *mask.shape), torch.zeros(1, *mask.shape), mask, denoiser)
        one.blend(mba)
        assert (mba.blended_latent[0] == (mask == 1)).all()


def test_where_nothing_was_sampled_the_hosts_own_blend_stays():
    mba = blend_of(torch.ones(1, *RED.shape), torch.zeros(1, *RED.shape), RED, None)
    module().Strength().blend(mba)
    assert mba.blended_latent is None


def test_before_the_model_what_is_kept_is_as_noisy_as_the_rest():
    """As samplers of timesteps ask: by the noise that the sampling began with."""
    alphas = torch.tensor([0.9, 0.64, 0.36])
    noise, original = torch.full((1, *RED.shape), 3.0), torch.full((1, *RED.shape), 2.0)
    denoiser = SimpleNamespace(
        steps=4, total_steps=4, step=0, alphas=alphas, mask_before_denoising=True
    )
    one = module().Strength()
    for step, timestep in enumerate([2, 1]):
        denoiser.step = step
        signal = float(alphas[timestep])
        noisy = original * signal**0.5 + noise * (1 - signal) ** 0.5
        mba = blend_of(noisy if step == 0 else noisy * 0, original, RED, denoiser)
        mba.sigma = torch.tensor([timestep])
        one.blend(mba)
        assert torch.allclose(mba.blended_latent[..., 0], noisy[..., 0])
    # two steps, for those announce two too many: in the last, half red takes part
    assert (mba.blended_latent[0, 0, 0, 4:] == 0).all()
    assert (mba.blended_latent[0, 0, 0, :4] != 0).all()


def hard(mask):
    return module().with_hard_edges(np.float32(mask)).tolist()


def test_hard_edges_that_were_scaled_are_hard_again():
    scaled = [[0, 0, 0.08, 0.92, 1, 1]] * 4
    assert hard(scaled) == [[0, 0, 0, 1, 1, 1]] * 4
    assert hard(np.transpose(scaled)) == np.transpose([[0, 0, 0, 1, 1, 1]] * 4).tolist()


def test_a_corner_is_hard_as_its_edges_are():
    edge = np.array([0, 0, 0.08, 0.92, 1, 1])
    assert hard(np.outer(edge, edge)) == np.outer(edge > 0.5, edge > 0.5).astype(float).tolist()


def test_a_gradient_stays_as_it_is():
    ramp = np.float32([[0, 0.25, 0.5, 0.75, 1]] * 5)
    assert hard(ramp) == ramp.tolist()
