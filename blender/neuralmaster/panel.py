"""The panel in the sidebar of the 3D viewport: three steps, one below the other."""

from __future__ import annotations

import bpy

from . import properties
from .talking import current


class NEURALMASTER_PT_main(bpy.types.Panel):
    """The three steps."""

    bl_label, bl_category = "NeuralMaster", "NeuralMaster"
    bl_space_type, bl_region_type = "VIEW_3D", "UI"

    def draw(self, context: bpy.types.Context) -> None:
        """Mask, Inpaint, Project."""
        layout, settings = self.layout, context.scene.neuralmaster
        layout.use_property_split = True
        layout.use_property_decorate = False
        self._mask(layout.box(), settings)
        self._inpaint(layout.box(), context)
        self._project(layout.box(), settings)
        if settings.status:
            column = layout.column()
            for line in _lines(settings.status):
                column.label(text=line)

    def _mask(self, box: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
        box.operator("neuralmaster.texture", icon="TEXTURE")
        _fields(box, settings, "size", "background")
        box.operator("neuralmaster.mask", icon="MOD_MASK")
        _fields(box, settings, "low", "high", "width")

    def _inpaint(self, box: bpy.types.UILayout, context: bpy.types.Context) -> None:
        settings = context.scene.neuralmaster
        _fields(
            box, settings, "prompt", "negative", "denoising", "steps", "guidance", "seed", "sampler"
        )
        if properties.Offered.parameters:
            fill = context.scene.neuralmaster_fill
            _fields(box, fill, *(one.name for one in properties.Offered.parameters))
        else:
            box.operator("neuralmaster.connect", icon="URL")
        if properties.Offered.models:
            _fields(box, settings, "depth", "normal")
        if current:
            box.progress(factor=current[0].progress, text=f"{current[0].progress:.0%}")
            box.operator("neuralmaster.cancel", icon="CANCEL")
        else:
            box.operator("neuralmaster.inpaint", icon="BRUSH_DATA")

    def _project(self, box: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
        box.operator("neuralmaster.project", icon="MOD_UVPROJECT")
        _fields(box, settings, "soft", "inset", "padding", "full")
        box.operator("neuralmaster.walk", icon="CON_FOLLOWPATH")


def _fields(layout: bpy.types.UILayout, of: bpy.types.bpy_struct, *names: str) -> None:
    column = layout.column(align=True)
    for name in names:
        column.prop(of, name)


def _lines(sentence: str, longest: int = 44) -> list[str]:
    """Words in lines: a label does not wrap. longest: characters; larger is cut off."""
    lines = [""]
    for word in sentence.split():
        if len(lines[-1]) + len(word) >= longest:
            lines.append("")
        lines[-1] += f"{word} "
    return lines


CLASSES = (NEURALMASTER_PT_main,)
