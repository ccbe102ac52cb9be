"""Blender as a Python module, with the extension installed from its archive as a person does."""

from __future__ import annotations

import gc
import os
import warnings
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The module bpy, with the extension enabled."""
    os.environ["BLENDER_USER_RESOURCES"] = str(tmp_path_factory.mktemp("blender"))
    bpy = pytest.importorskip("bpy", reason="needs Blender as a module: pip install bpy")
    from blender.build import build  # noqa: PLC0415

    archive = build(tmp_path_factory.mktemp("archive"))
    bpy.ops.wm.read_factory_settings()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Blender 4.2 leaves a pipe of its own installer open
        bpy.ops.extensions.package_install_files(
            filepath=str(archive), repo="user_default", enable_on_install=True
        )
        gc.collect()
    return bpy


@pytest.fixture
def bpy(installed: Any) -> Any:
    """An empty scene with a camera in front of it; the extension stays enabled."""
    installed.ops.wm.read_homefile(use_factory_startup=True, use_empty=True, load_ui=False)
    scene = installed.context.scene
    camera = installed.data.objects.new("Camera", installed.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (0, -5, 0), (1.5707963267948966, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.resolution_x = scene.render.resolution_y = 512
    scene.neuralmaster.size = 256
    return installed


@pytest.fixture
def preferences(bpy: Any) -> Any:
    """Those of the extension."""
    return bpy.context.preferences.addons["bl_ext.user_default.neuralmaster"].preferences


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """For files of one test."""
    return tmp_path
