"""Makes the example workflows, their pictures, and the screenshots, in a real ComfyUI.

COMFYUI_DIR=… python -m docs.comfyui.make

See docs/development.md; needs Chromium and playwright. Each workflow is built in the page and run
by its button, so that the picture that is saved carries it.
"""

from __future__ import annotations

import json
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM, FLAGS
from tests.comfyui.host import ComfyUI
from tests.comfyui.page import Page

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "example"
PICTURES = HERE.parent / "pictures"
# nodes, {name: [type, [left, upper], [width, height], {input: value, or [name, output]}]}
LOADED, NARROW, WIDE = [250, 300], [260, 60], [280, 90]
PAINTED = ["LoadImage", [60, 90], LOADED, {"image": "painted.png"}]
FIND = ["NeuralMasterFindObject", [360, 250], WIDE, {"image": ["image", 0], "finder": "auto"}]


def _filled(**inputs: Any) -> dict[str, Any]:
    fill = {"image": ["image", 0], "method": "context", **inputs}
    return {
        "fill": ["NeuralMasterFill", [690, 90], [270, 200], fill],
        "save": _saved("fill", "filled"),
        "note": ["PreviewAny", [1010, 560], [300, 100], {"source": ["fill", 2]}],
    }


def _saved(node: str, prefix: str) -> list[Any]:
    return [
        "SaveImage",
        [1010, 90],
        [300, 400],
        {"images": [node, 0], "filename_prefix": prefix},
    ]


WORKFLOWS: dict[str, dict[str, Any]] = {
    "fill": {
        "image": ["LoadImage", [60, 90], LOADED, {"image": "image.png"}],
        "mask": ["LoadImage", [60, 440], LOADED, {"image": "mask.png"}],
        "split": ["NeuralMasterSplitMask", [370, 440], NARROW, {"mask": ["mask", 0]}],
        **_filled(inpaint_mask=["split", 0], object_mask=["split", 1]),
    },
    "find": {
        "image": PAINTED,
        "find": FIND,
        **_filled(inpaint_mask=["image", 1], object_mask=["find", 0], feather=24),
    },
    "mask": {
        "image": PAINTED,
        "find": FIND,
        "compose": [
            "NeuralMasterComposeMask",
            [690, 90],
            NARROW,
            {"inpaint_mask": ["image", 1], "object_mask": ["find", 0]},
        ],
        "save": _saved("compose", "mask"),
    },
}


SAMPLER = {
    "seed": 1,
    "control_after_generate": "fixed",
    "steps": 20,
    "cfg": 7,
    "sampler_name": "euler",
    "scheduler": "normal",
    "denoise": 0.6,
}
# needs a model, so it is not run
INPAINT: dict[str, Any] = {
    "image": PAINTED,
    "find": ["NeuralMasterFindObject", [60, 460], WIDE, {"image": ["image", 0], "finder": "auto"}],
    "fill": [
        "NeuralMasterFill",
        [390, 90],
        [270, 200],
        {
            "image": ["image", 0],
            "inpaint_mask": ["image", 1],
            "object_mask": ["find", 0],
            "feather": 24,
        },
    ],
    "model": [
        "CheckpointLoaderSimple",
        [60, 620],
        WIDE,
        {"ckpt_name": "v1-5-pruned-emaonly-fp16.safetensors"},
    ],
    "prompt": [
        "CLIPTextEncode",
        [390, 620],
        [270, 110],
        {"clip": ["model", 1], "text": "a glazed vase"},
    ],
    "negative": ["CLIPTextEncode", [390, 790], [270, 110], {"clip": ["model", 1], "text": ""}],
    "gradient": ["DifferentialDiffusion", [720, 620], NARROW, {"model": ["model", 0]}],
    "encode": ["VAEEncode", [720, 90], NARROW, {"pixels": ["fill", 0], "vae": ["model", 2]}],
    "noise": [
        "SetLatentNoiseMask",
        [720, 210],
        NARROW,
        {"samples": ["encode", 0], "mask": ["fill", 1]},
    ],
    "sample": [
        "KSampler",
        [1040, 560],
        [270, 270],
        {
            "model": ["gradient", 0],
            "positive": ["prompt", 0],
            "negative": ["negative", 0],
            "latent_image": ["noise", 0],
            **SAMPLER,
        },
    ],
    "decode": ["VAEDecode", [1040, 440], NARROW, {"samples": ["sample", 0], "vae": ["model", 2]}],
    "match": [
        "NeuralMasterMatch",
        [1040, 90],
        [270, 160],
        {
            "image": ["image", 0],
            "result": ["decode", 0],
            "inpaint_mask": ["fill", 1],
            "object_mask": ["find", 0],
        },
    ],
    "save": [
        "SaveImage",
        [1370, 90],
        [300, 300],
        {"images": ["match", 0], "filename_prefix": "inpainted"},
    ],
}


def main() -> None:
    """Writes all of them beside this file, and the screenshots beside the other pictures."""
    _painted().save(HERE / "painted.png", optimize=True)
    with tempfile.TemporaryDirectory() as folder, ComfyUI(Path(folder)) as comfyui:
        for path in (EXAMPLE / "image.png", EXAMPLE / "mask.png", HERE / "painted.png"):
            (comfyui.base / "input" / path.name).write_bytes(path.read_bytes())
        with sync_playwright() as started:
            browser = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            _make(comfyui, browser)


def _make(comfyui: ComfyUI, browser: Any) -> None:
    with Page(comfyui, browser) as page:
        for name, nodes in WORKFLOWS.items():
            page.build(nodes)
            workflow = page.workflow()
            run = page.run()
            assert run.error is None, run.error
            if name != "mask":
                page.shoot(PICTURES / f"comfyui-{name}.png")
            _write(name, workflow)
            (HERE / f"{name}.png").write_bytes(_output(comfyui, run.history))
        page.build(INPAINT)
        _write("inpaint", page.workflow())
        page.shoot(PICTURES / "comfyui-inpaint.png", scale=0.77)
        page.build(WORKFLOWS["find"] | {"find": [*FIND[:3], {**FIND[3], "finder": "alpha"}]})
        assert page.run().error
        page.shoot(PICTURES / "comfyui-error.png")


def _write(name: str, workflow: dict[str, Any]) -> None:
    text = json.dumps(workflow, indent=2, ensure_ascii=False)
    (HERE / f"{name}.json").write_text(text + "\n")


def _painted() -> Image.Image:
    """The example at half its size, as the mask editor saves it: transparent where painted on."""
    with Image.open(EXAMPLE / "image.png") as image, Image.open(EXAMPLE / "mask.png") as mask:
        painted, red = image.convert("RGB").reduce(2), mask.getchannel("R").reduce(2)
    painted.putalpha(red.point(lambda level: 0 if level >= 128 else 255))
    return painted


def _output(comfyui: ComfyUI, history: dict[str, Any]) -> bytes:
    images = [out["images"][0] for out in history["outputs"].values() if "images" in out]
    (entry,) = [image for image in images if image["type"] == "output"]
    query = urllib.parse.urlencode(entry)
    with urllib.request.urlopen(f"{comfyui.url}/view?{query}", timeout=60) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
