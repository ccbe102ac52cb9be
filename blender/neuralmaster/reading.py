"""The scene as numbers: evaluated meshes, their textures, the camera."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import bpy
import numpy as np

from .pictures import StepError
from .soup import OCCLUDER, Soup, joined
from .view import View

_SOLID = {"MESH", "CURVE", "SURFACE", "META", "FONT"}
_SHOWN = {"SOLID", "TEXTURED"}  # cages and cutters are drawn otherwise


@dataclass
class Model:
    """The chosen objects and what may be before them. images: by the number of the surface."""

    soup: Soup
    images: list[bpy.types.Image]
    objects: list[str]

    @property
    def fingerprint(self) -> int:
        """Another number if the chosen objects have moved or changed their shape."""
        chosen = self.soup.chosen
        corners = self.soup.corners[chosen].astype(np.float32)
        uv = self.soup.uv[chosen].astype(np.float32)
        return zlib.crc32(uv.tobytes(), zlib.crc32(corners.tobytes()))


def chosen(context: bpy.types.Context) -> list[bpy.types.Object]:
    """The selected meshes, or the active one. Raises StepError if there is none."""
    objects = [one for one in context.view_layer.objects.selected if one.type == "MESH"]
    active = context.view_layer.objects.active
    if not objects and active is not None and active.type == "MESH":
        objects = [active]
    if not objects:
        raise StepError("Select the mesh to paint, or several.")
    return objects


def model(context: bpy.types.Context, objects: Iterable[bpy.types.Object]) -> Model:
    """Reads the scene as it is evaluated. Raises StepError for what cannot be painted."""
    wanted = list(objects)
    for one in wanted:
        if one.mode == "EDIT":
            one.update_from_editmode()
    images: list[bpy.types.Image] = []
    soups, found = [], set()
    for instance in context.evaluated_depsgraph_get().object_instances:
        one = instance.object
        original = one.original
        if one.type not in _SOLID or original.hide_render or original.display_type not in _SHOWN:
            continue
        is_chosen = original in wanted and not instance.is_instance
        soup = _soup(one, np.array(instance.matrix_world), images if is_chosen else None)
        if soup is not None:
            soups.append(soup)
            found.update([original.name] if is_chosen else [])
    for one in wanted:
        if one.name not in found:
            raise StepError(
                f"{one.name} has no faces in view of the scene; show it, or choose another."
            )
    return Model(joined(soups), images, [one.name for one in wanted])


def _soup(
    one: bpy.types.Object, matrix: np.ndarray, images: list[bpy.types.Image] | None
) -> Soup | None:
    mesh = one.to_mesh()
    try:
        if mesh is None or not len(mesh.polygons):
            return None
        return _of_mesh(one, mesh, matrix, images)
    finally:
        one.to_mesh_clear()


def _of_mesh(
    one: bpy.types.Object,
    mesh: bpy.types.Mesh,
    matrix: np.ndarray,
    images: list[bpy.types.Image] | None,
) -> Soup:
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    points = _read(mesh.vertices, "co", len(mesh.vertices), 3)
    loops = _read(mesh.loop_triangles, "loops", count, 3, np.int32).astype(np.int64)
    triangles = _read(mesh.loop_triangles, "vertices", count, 3, np.int32).astype(np.int64)
    normals = _read(mesh.corner_normals, "vector", len(mesh.loops), 3)[loops]
    # normals go by the inverse transpose, whose sign holds for mirrored objects too
    normals = normals @ np.linalg.pinv(matrix[:3, :3])
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-12)
    surface, uv = np.full(count, OCCLUDER), np.zeros((count, 3, 2))
    if images is not None:
        surface, uv = _textures(one, mesh, loops, images)
    colour = np.array([_colour(one)])
    world = points @ matrix[:3, :3].T + matrix[:3, 3]
    owner = np.zeros(count, np.int64)
    return Soup(world, triangles, normals, uv, surface.astype(np.int64), owner, colour)


def _read(
    items: bpy.types.bpy_prop_collection, name: str, count: int, width: int, kind: type = np.float32
) -> np.ndarray:
    values = np.empty(count * width, kind)
    items.foreach_get(name, values)
    values = values.reshape(count, width)
    return values.astype(np.float64) if kind is np.float32 else values


def _textures(
    one: bpy.types.Object, mesh: bpy.types.Mesh, loops: np.ndarray, images: list[bpy.types.Image]
) -> tuple[np.ndarray, np.ndarray]:
    """The number of the image of each triangle, added to `images` where new, and its UVs."""
    count = len(loops)
    if not mesh.uv_layers:
        raise StepError(
            f"{one.name} has no UV map; unwrap it, for example with U > Smart UV Project."
        )
    materials = np.empty(count, np.int32)
    mesh.loop_triangles.foreach_get("material_index", materials)
    surface, uv = np.full(count, OCCLUDER), np.zeros((count, 3, 2))
    for number in np.unique(materials):
        slots = one.material_slots
        material = slots[min(number, len(slots) - 1)].material if slots else None
        image, layer_name = texture_of(material)
        if image is None:
            continue
        _check(image, one.name)
        if image not in images:
            images.append(image)
        of = materials == number
        surface[of] = images.index(image)
        layer = mesh.uv_layers.get(layer_name)
        if layer is None:
            layer = next((each for each in mesh.uv_layers if each.active_render), mesh.uv_layers[0])
        uv[of] = _read(layer.uv, "vector", len(mesh.loops), 2)[loops[of]]
    if (surface == OCCLUDER).all():
        raise StepError(
            f"{one.name} has no image texture to paint on; press New Texture, or connect one to "
            "the Base Color of its material."
        )
    return surface, uv


def _check(image: bpy.types.Image, owner: str) -> None:
    problem = ""
    if image.source not in ("FILE", "GENERATED"):
        problem = "is a sequence, a movie or a set of tiles"
    elif image.library is not None:
        problem = "is linked from another file"
    elif not (image.has_data or image.pixels) or not image.size[0]:
        problem = "cannot be loaded"
    elif image.channels not in (3, 4):
        problem = "has no colours"
    if problem:
        raise StepError(
            f"The texture {image.name} of {owner} {problem}; use a single colour image."
        )


def texture_of(material: bpy.types.Material | None) -> tuple[bpy.types.Image | None, str]:
    """The image that colours a material, and the name of the UV map it uses, "" for the default."""
    if material is None or material.node_tree is None:
        return None, ""
    nodes = material.node_tree.nodes
    for node in nodes:
        for name in ("Base Color", "Color", "Emission Color"):
            if node.type.startswith(("BSDF", "EMISSION")) and name in node.inputs:
                found = _behind(node.inputs[name])
                if found is not None:
                    return found.image, _uv_map(found)
    active = nodes.active
    if active is not None and active.type == "TEX_IMAGE" and active.image is not None:
        return active.image, _uv_map(active)
    return None, ""


def _behind(socket: bpy.types.NodeSocket) -> bpy.types.Node | None:
    """The first image node whose colour arrives at a socket."""
    waiting, known = [socket], set()
    while waiting:
        for link in waiting.pop(0).links:
            node = link.from_node
            if node.type == "TEX_IMAGE" and node.image is not None:
                return node
            if node.name not in known:
                known.add(node.name)
                waiting += [one for one in node.inputs if one.type in ("RGBA", "SHADER")]
    return None


def _uv_map(node: bpy.types.Node) -> str:
    for link in node.inputs["Vector"].links:
        if link.from_node.type == "UVMAP":
            return link.from_node.uv_map
    return ""


def _colour(one: bpy.types.Object) -> list[float]:
    """The colour in the viewport, as displayed."""
    slots = [slot.material for slot in one.material_slots if slot.material]
    values = slots[0].diffuse_color if slots else (0.8, 0.8, 0.8)
    return [min(max(value, 0.0), 1.0) ** (1 / 2.2) for value in values[:3]]


def view(context: bpy.types.Context, camera: bpy.types.Object | None, longest: int) -> View:
    """A camera's view with the proportions of the render. longest: pixels of the longer side."""
    if camera is None or camera.type != "CAMERA":
        raise StepError("The scene has no active camera; add one, and look through it.")
    if camera.data.type not in ("PERSP", "ORTHO"):
        raise StepError(f"{camera.name} is panoramic; make it perspective or orthographic.")
    render = context.scene.render
    across = render.resolution_x * render.pixel_aspect_x
    up = render.resolution_y * render.pixel_aspect_y
    width, height = (
        max(8, round(longest * side / max(across, up) / 8) * 8) for side in (across, up)
    )
    depsgraph = context.evaluated_depsgraph_get()
    evaluated = camera.evaluated_get(depsgraph)
    projection = evaluated.calc_matrix_camera(depsgraph, x=width, y=height)
    to_camera = evaluated.matrix_world.normalized().inverted()
    data = evaluated.data
    return View(
        np.array(to_camera, np.float64), np.array(projection, np.float64),
        data.clip_start, data.clip_end, width, height,
    )  # fmt: skip
