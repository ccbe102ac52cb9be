"""The three steps on a scene: mask, job, projection. No operator and no window is needed."""

from __future__ import annotations

import json
from dataclasses import dataclass

import bpy
import numpy as np

from . import history, job, mask, pictures, reading
from .look import Visibility, look
from .mask import Shown
from .pictures import MASK, PICTURE, RESULT, StepError
from .projection import Layer, Rules, Target, project
from .surface import chart
from .view import View, around


@dataclass
class Prepared:
    """A view that was masked: what it shows, kept while the sliders are moved."""

    visibility: Visibility
    shown: Shown


_last: dict[int, Prepared] = {}  # by the scene's number in this session


def forget() -> None:
    """For a new file."""
    _last.clear()


def limits(settings: bpy.types.PropertyGroup) -> mask.Range:
    """The sliders of the mask."""
    return mask.Range(settings.low, settings.high, settings.width)


def rules(settings: bpy.types.PropertyGroup) -> Rules:
    """The sliders of the projection."""
    return Rules(settings.full, settings.soft, settings.inset, settings.padding)


def make_mask(context: bpy.types.Context, objects: list[bpy.types.Object], view: View) -> float:
    """Makes the picture and the mask of a view; returns the share of the object to repaint.

    Raises StepError in one sentence.
    """
    settings = context.scene.neuralmaster
    model = reading.model(context, objects)
    surfaces = [pictures.surface(image) for image in model.images]
    for number, surface in enumerate(surfaces):
        _chart(model, number, *surface.quality.shape[::-1])
    visibility = look(model.soup, view)
    shown = mask.show(visibility, surfaces, settings.background)
    if not shown.coverage.any():
        raise StepError("The camera does not see the chosen objects; turn it towards them.")
    prepared = Prepared(visibility, shown)
    _last[context.scene.session_uid] = prepared
    pictures.named(PICTURE, mask.levels(shown.picture))
    settings.job = json.dumps(
        {"view": view.as_json(), "objects": model.objects, "fingerprint": model.fingerprint}
    )
    return draw_mask(context.scene, prepared)


def redraw(scene: bpy.types.Scene) -> None:
    """Draws the mask anew after a slider was moved; does nothing before there is one."""
    prepared = _last.get(scene.session_uid)
    if prepared is not None:
        draw_mask(scene, prepared)


def draw_mask(scene: bpy.types.Scene, prepared: Prepared) -> float:
    """Writes the mask image; returns the share of the objects that is to be repainted."""
    try:
        red = mask.red(prepared.shown, limits(scene.neuralmaster))
    except ValueError as error:
        raise StepError(f"The mask cannot be drawn: {error}.") from error
    pictures.named(MASK, mask.two_channels(red, prepared.shown))
    cover = prepared.shown.coverage
    # a WebUI repaints from half of full red on
    return float(cover[red >= 0.5].sum() / max(cover.sum(), 1e-6))


def _chart(model: reading.Model, number: int, width: int, height: int) -> np.ndarray:
    try:
        return chart(model.soup, number, width, height)
    except ValueError as error:
        owners = np.unique(model.soup.owner[model.soup.surface == number])
        of = model.objects[0] if len(owners) == 1 and len(model.objects) == 1 else "The objects"
        raise StepError(f"{of} with texture {model.images[number].name}: {error}.") from error


def body(scene: bpy.types.Scene, arguments: dict, models: list[str]) -> dict:
    """The JSON of the job for the picture and the mask as they are now."""
    settings = scene.neuralmaster
    picture, two_channels = _levels(PICTURE), _levels(MASK)
    if picture.shape != two_channels.shape:
        raise StepError("The mask is not as large as the picture; make it again with Mask.")
    fields = {
        "prompt": settings.prompt,
        "negative_prompt": settings.negative,
        "steps": settings.steps,
        "cfg_scale": settings.guidance,
        "denoising_strength": settings.denoising,
        "seed": settings.seed,
    }
    if settings.sampler:
        fields["sampler_name"] = settings.sampler
    return job.img2img(picture, two_channels, fields, arguments, _controls(scene, models))


def _controls(scene: bpy.types.Scene, models: list[str]) -> list[job.Control]:
    settings = scene.neuralmaster
    prepared = _last.get(scene.session_uid)
    wanted = {"depth": settings.depth, "normal": settings.normal}
    if not any(wanted.values()):
        return []
    if prepared is None:
        raise StepError("The depth of this view is not known any more; press Mask again.")
    maps = {"depth": mask.depth_map, "normal": mask.normal_map}
    controls = []
    for kind, weight in wanted.items():
        model = job.model_for(kind, models)
        if weight > 0 and not model:
            raise StepError(
                f"The WebUI lists no ControlNet model for {kind}; set its weight to 0, or "
                "install one."
            )
        if weight > 0:
            controls.append(job.Control(maps[kind](prepared.visibility), model, weight))
    return controls


def _levels(name: str) -> np.ndarray:
    image = bpy.data.images.get(name)
    if image is None:
        raise StepError("There is no mask yet; press Mask first.")
    return np.rint(pictures.pixels(image)[..., :3] * 255).astype(np.uint8)


def project_result(context: bpy.types.Context) -> tuple[int, int]:
    """Lays the result over the textures; returns how many texels were painted, and in how many.

    Raises StepError in one sentence; the textures are then as they were.
    """
    scene = context.scene
    settings = scene.neuralmaster
    result = bpy.data.images.get(RESULT)
    if result is None:
        raise StepError("There is no result yet; press Inpaint first.")
    try:
        saved = json.loads(settings.job)
        view = View.of_json(saved["view"])
        objects = [scene.objects[name] for name in saved["objects"]]
    except (KeyError, TypeError, ValueError) as error:
        raise StepError(
            "The view of this result is not known any more; press Mask again."
        ) from error
    model = reading.model(context, objects)
    if model.fingerprint != saved["fingerprint"]:
        raise StepError("The objects have changed since the mask was made; press Mask again.")
    visibility = look(model.soup, view)
    picture = pictures.sized(pictures.pixels(result)[..., :3], view.width, view.height)
    red = np.ascontiguousarray(_levels(MASK)[..., 0], np.float32) / 255
    layer = Layer(picture, pictures.sized(red, view.width, view.height))
    done = []
    for number, image in enumerate(model.images):
        surface = pictures.surface(image)
        height, width = surface.quality.shape
        laid = _chart(model, number, width, height)
        change = project(visibility, Target(number, surface, laid), layer, rules(settings))
        done.append((image, surface, change))
    for image, surface, change in done:
        if len(change.texel):
            history.apply(image, surface, change)
    return sum(change.painted for _, _, change in done), len(done)


def walk_views(context: bpy.types.Context, cameras: list[bpy.types.Object]) -> dict[str, View]:
    """The cameras' views, or if there are none, those from four sides and the top."""
    longest = max(8, context.scene.neuralmaster.size // 8 * 8)
    if cameras:
        return {camera.name: reading.view(context, camera, longest) for camera in cameras}
    points = reading.model(context, reading.chosen(context)).soup.chosen_points()
    return around(points, longest)
