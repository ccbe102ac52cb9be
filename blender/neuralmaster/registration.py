"""Registers the classes and handlers of the extension with Blender."""

from __future__ import annotations

import atexit

import bpy
from bpy.app.handlers import persistent

from . import history, operators, panel, pictures, properties, steps

CLASSES = (*properties.CLASSES, *operators.CLASSES, *panel.CLASSES)


@persistent
def _loaded(*_: object) -> None:
    history.forget()
    steps.forget()
    for scene in bpy.data.scenes:
        operators.unfinished(scene)


@persistent
def _undone(*_: object) -> None:
    history.follow()


@persistent
def _saving(*_: object) -> None:
    pictures.pack_ours()


HANDLERS = {
    "load_post": _loaded,
    "undo_post": _undone,
    "redo_post": _undone,
    "save_pre": _saving,
}


def register() -> None:
    """Called when the extension is enabled."""
    for one in CLASSES:
        bpy.utils.register_class(one)
    bpy.types.Scene.neuralmaster = bpy.props.PointerProperty(
        type=properties.NEURALMASTER_PG_settings
    )
    bpy.types.Image.neuralmaster = bpy.props.PointerProperty(
        type=properties.NEURALMASTER_PG_texture
    )
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)
    atexit.register(operators.closing)


def unregister() -> None:
    """Called when the extension is disabled; ends a job that is running."""
    operators.closing()
    atexit.unregister(operators.closing)
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).remove(handler)
    properties.withdraw()
    del bpy.types.Image.neuralmaster
    del bpy.types.Scene.neuralmaster
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)
    history.forget()
    steps.forget()
