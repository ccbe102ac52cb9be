"""The settings of a scene, what belongs to a texture, and the preferences."""

from __future__ import annotations

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from . import job, pictures, steps


def _redrawn(settings: bpy.types.PropertyGroup, _context: bpy.types.Context) -> None:
    try:
        steps.redraw(settings.id_data)
    except pictures.StepError as error:
        settings.status = str(error)


class NEURALMASTER_PG_settings(bpy.types.PropertyGroup):
    """Of a scene; saved with it. No address and no login is among them."""

    size: IntProperty(
        name="Size", default=1024, min=64, max=4096, step=64,
        description="Longer side of the picture in pixels; the proportions are those of the render",
    )  # fmt: skip
    low: FloatProperty(
        name="Repaint Below", default=0.2, min=0, max=1, update=_redrawn,
        description="Quality up to which the texture is repainted in full; 0 is never painted",
    )  # fmt: skip
    high: FloatProperty(
        name="Keep Above", default=0.55, min=0, max=1, update=_redrawn,
        description="Quality from which on the texture is kept; 1 is seen straight from the front",
    )  # fmt: skip
    width: IntProperty(
        name="Gradient", default=48, min=0, max=256, update=_redrawn,
        description="Pixels over which the red fades around what is repainted in full",
    )  # fmt: skip
    background: FloatVectorProperty(
        name="Background", subtype="COLOR_GAMMA", size=3, default=(0.5, 0.5, 0.5), min=0, max=1,
        description="Colour around the objects in the picture to repaint",
    )  # fmt: skip
    full: FloatProperty(
        name="Full Density", default=0.25, min=0.01, max=4,
        description="Pixels of the picture for a texel, along a side, that count as full quality",
    )  # fmt: skip
    soft: FloatProperty(
        name="Soft Border", default=0.2, min=0, max=1,
        description="Difference in quality over which one view fades into another",
    )  # fmt: skip
    inset: IntProperty(
        name="Inset", default=4, min=0, max=64,
        description="Pixels along contours whose colours are taken from farther inside, because "
        "the background may have run into them",
    )  # fmt: skip
    padding: IntProperty(
        name="Padding", default=8, min=0, max=64,
        description="Texels around each UV island that take the colour of its border",
    )  # fmt: skip
    prompt: StringProperty(name="Prompt", description="What the model should paint")
    negative: StringProperty(name="Negative", description="What the model should avoid")
    sampler: StringProperty(name="Sampler", description="As the WebUI names it; empty for its own")
    steps: IntProperty(name="Steps", default=20, min=1, max=150)
    guidance: FloatProperty(name="Guidance", default=7, min=1, max=30)
    denoising: FloatProperty(name="Denoising", default=0.6, min=0, max=1)
    seed: IntProperty(name="Seed", default=-1, min=-1, description="-1 for another one each time")
    depth: FloatProperty(
        name="Depth", default=0, min=0, max=2,
        description="Weight of a ControlNet unit that follows the depth of the view; 0 for none",
    )  # fmt: skip
    normal: FloatProperty(
        name="Normals", default=0, min=0, max=2,
        description="Weight of a ControlNet unit that follows the normals; 0 for none",
    )  # fmt: skip
    job: StringProperty(options={"HIDDEN"})
    status: StringProperty(options={"HIDDEN"})
    running: BoolProperty(options={"HIDDEN"})


class NEURALMASTER_PG_texture(bpy.types.PropertyGroup):
    """Of an image. quality: how well each texel is painted. revision: of its pixels, for undo."""

    quality: PointerProperty(type=bpy.types.Image)
    revision: StringProperty(options={"HIDDEN"})


class NEURALMASTER_AP_preferences(bpy.types.AddonPreferences):
    """Of this computer: they are saved with Blender's preferences, never in a .blend."""

    bl_idname = __package__

    url: StringProperty(
        name="WebUI",
        default="http://127.0.0.1:7860",
        description="Its address; start it with --api",
    )
    login: StringProperty(
        name="Login", subtype="PASSWORD",
        description="user:password of --api-auth; empty if there is none",
    )  # fmt: skip

    def draw(self, _context: bpy.types.Context) -> None:
        """Two fields."""
        self.layout.prop(self, "url")
        self.layout.prop(self, "login")


def preferences(context: bpy.types.Context) -> bpy.types.AddonPreferences:
    """Those of this extension. Raises StepError if it is not enabled."""
    addon = context.preferences.addons.get(__package__)
    if addon is None:
        raise pictures.StepError("NeuralMaster is not enabled in the preferences; enable it there.")
    return addon.preferences


class Offered:
    """What the WebUI offers: the parameters of the fill, as properties of the scene."""

    parameters: tuple[job.Parameter, ...] = ()
    models: tuple[str, ...] = ()
    group: type | None = None


def offer(parameters: list[job.Parameter], models: list[str]) -> None:
    """Makes properties of the parameters, `Scene.neuralmaster_fill`. Values of old ones stay."""
    Offered.models = tuple(models)
    if tuple(parameters) == Offered.parameters:
        return
    withdraw()
    annotations = {one.name: _property(one) for one in parameters}
    group = type(
        "NEURALMASTER_PG_fill", (bpy.types.PropertyGroup,), {"__annotations__": annotations}
    )
    bpy.utils.register_class(group)
    bpy.types.Scene.neuralmaster_fill = PointerProperty(type=group)
    Offered.parameters, Offered.group = tuple(parameters), group


def withdraw() -> None:
    """Removes what `offer` has made."""
    if Offered.group is not None:
        del bpy.types.Scene.neuralmaster_fill
        bpy.utils.unregister_class(Offered.group)
    Offered.parameters, Offered.group = (), None


def arguments(scene: bpy.types.Scene) -> dict:
    """The parameters by name, as they are set in the panel."""
    return {one.name: getattr(scene.neuralmaster_fill, one.name) for one in Offered.parameters}


def _property(one: job.Parameter) -> object:
    about = {"name": one.label, "description": one.help[:1000], "default": one.default}
    if one.kind == "choice":
        return EnumProperty(items=[(name, name, "") for name in one.choices], **about)
    if one.kind == "number":
        return FloatProperty(min=one.low, max=one.high, **about)
    return (BoolProperty if one.kind == "switch" else StringProperty)(**about)


CLASSES = (NEURALMASTER_PG_texture, NEURALMASTER_PG_settings, NEURALMASTER_AP_preferences)
