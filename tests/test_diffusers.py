"""The examples of docs/diffusers.md, run with a tiny model of random weights."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from neuralmaster import preprocess
from tests.pictures import ROOT, pixels, textured_scene

torch = pytest.importorskip("torch", reason="torch is not installed")
pytestmark = pytest.mark.filterwarnings("default")
SIZE = 64
PAGE = (ROOT / "docs" / "diffusers.md").read_text()
CODE = {
    section.partition("\n")[0]: code
    for section in PAGE.split("\n## ")[1:]
    for code in re.findall(r"^```python\n(.*?)^```", section, re.M | re.S)
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The folder of a Stable Diffusion model of a few thousand random weights."""
    diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    folder = tmp_path_factory.mktemp("tiny")
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: number for number, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = transformers.CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=16
    )
    torch.manual_seed(0)
    text = transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=8,
            intermediate_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            max_position_embeddings=16,
            bos_token_id=vocabulary["<|startoftext|>"],
            eos_token_id=vocabulary["<|endoftext|>"],
        )
    )
    down, up = ("DownBlock2D", "CrossAttnDownBlock2D"), ("CrossAttnUpBlock2D", "UpBlock2D")
    unet = diffusers.UNet2DConditionModel(
        sample_size=SIZE // 8,
        block_out_channels=(4, 8),
        layers_per_block=1,
        down_block_types=down,
        up_block_types=up,
        cross_attention_dim=8,
        attention_head_dim=2,
        norm_num_groups=2,
    )
    vae = diffusers.AutoencoderKL(
        block_out_channels=(4, 4, 4, 4),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        norm_num_groups=2,
        sample_size=SIZE,
    )
    pipeline = diffusers.StableDiffusionImg2ImgPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=diffusers.DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder / "model")
    return folder / "model"


@pytest.fixture
def scene(model, tmp_path, monkeypatch):
    """The pictures and the model that the examples open."""
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(SIZE, SIZE)
    (tmp_path / "docs" / "example").mkdir(parents=True)
    image.save("docs/example/image.png")
    mask.save("docs/example/mask.png")
    mask.getchannel("R").save("red.png")
    mask.getchannel("G").save("object.png")
    (tmp_path / "model").symlink_to(model)
    return image, mask


def run(title):
    names = {}
    exec(compile(CODE[title], f"docs/diffusers.md, {title}", "exec"), names)
    return names


def assert_kept(name, image, mask):
    """Bytes without red are the image's, and those that are all red are not."""
    red = pixels(preprocess(image, mask).inpaint_mask)
    with Image.open(name) as made:
        assert np.array_equal(pixels(made)[red == 0], pixels(image)[red == 0])
        assert (pixels(made)[red == 255] != pixels(image)[red == 255]).any(axis=1).mean() > 0.9


def test_every_example_is_run_here():
    titles = ["Inpainting", "Differential img2img", "Batches of tensors", "Which object"]
    assert list(CODE) == titles
    assert PAGE.count("```python") == len(titles)


def test_inpainting(scene):
    names = run("Inpainting")
    assert_kept("inpainted.png", *scene)
    assert names["prepared"].applied
    assert names["result"].size == (SIZE, SIZE)


def test_inpainting_starts_from_the_fill(scene):
    with_fill = pixels(run("Inpainting")["result"]).astype(int)
    original = CODE["Inpainting"].replace("image=prepared.image", "image=image")
    names = {}
    exec(original, names)
    assert np.abs(with_fill - pixels(names["result"])).max() > 0


def test_differential_img2img(scene):
    names = run("Differential img2img")
    assert_kept("differential.png", *scene)
    held, red, hold, pipeline = (names[name] for name in ("held", "red", "hold", "pipeline"))
    pipeline.scheduler.set_timesteps(10)
    pipeline._num_timesteps = 5
    taken = torch.zeros_like(red)
    for step in range(5):
        there = torch.full_like(held, 7.0)
        after = hold(pipeline, step, None, {"latents": there})["latents"]
        if step < 4:
            taken += (after == 7).all(dim=1)[0]
    assert torch.equal(after == 7, (red > 0).expand_as(after))
    assert torch.equal(torch.where(red == 0, after, 0), torch.where(red == 0, held, 0))
    # of the four steps after the first, those before which it is not held back
    assert torch.equal(
        taken, (torch.arange(1, 5)[:, None, None] > 5 * (1 - red)).sum(dim=0).float()
    )


def test_what_waits_is_as_noisy_as_the_rest(scene):
    names = run("Differential img2img")
    held, noise, hold, pipeline = (names[name] for name in ("held", "noise", "hold", "pipeline"))
    names["red"].zero_()
    pipeline.scheduler.set_timesteps(10)
    pipeline._num_timesteps = 5
    for step in range(4):
        after = hold(pipeline, step, None, {"latents": held * 0})["latents"]
        later = pipeline.scheduler.timesteps[5 + step + 1]
        assert torch.equal(after, pipeline.scheduler.add_noise(held, noise, later[None]))


def test_batches_of_tensors(scene):
    names = run("Batches of tensors")
    assert names["batch"].applied.all()
    outside = (names["red"] == 0).expand_as(names["images"])
    assert names["results"].shape == names["images"].shape
    assert torch.equal(names["results"][outside], names["images"][outside])


def test_which_object(scene):
    names = run("Which object")
    image, mask = scene
    assert names["by_mask"].image.tobytes() == preprocess(image, mask).image.tobytes()
    assert names["everything"].applied
