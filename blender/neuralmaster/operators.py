"""The operators: in the panel, and for scripts without a window."""

from __future__ import annotations

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from . import history, job, pictures, properties, reading, steps
from .pictures import RESULT, StepError
from .run import CANCELLED, Run
from .server import Server, ServerError
from .talking import Step, Talk, current


def server(context: bpy.types.Context) -> Server:
    """The WebUI of the preferences."""
    preferences = properties.preferences(context)
    return Server.of(preferences.url, preferences.login)


def connect(context: bpy.types.Context) -> Server:
    """Asks the WebUI for the parameters and models that it offers."""
    webui = server(context)
    info = webui.info()
    properties.offer(job.parameters(info.get("parameters")), webui.control_models())
    return webui


def send(context: bpy.types.Context) -> None:
    """Sends the picture and the mask as they are."""
    webui = connect(context)
    arguments = properties.arguments(context.scene)
    current[:] = [Run(webui, steps.body(context.scene, arguments, properties.Offered.models))]


def take(run: Run) -> str:
    """Puts a job's picture into the image of results; returns the WebUI's note."""
    if run.error:
        raise ServerError(run.error)
    pictures.of_file(RESULT, run.picture)
    return f" The WebUI notes: {run.note}" if run.note else ""


class NEURALMASTER_OT_connect(Step):
    """Ask the WebUI for the parameters that its NeuralMaster offers"""

    bl_idname, bl_label = "neuralmaster.connect", "Connect"

    def work(self, context: bpy.types.Context) -> str:
        """Asks."""
        webui = connect(context)
        models = len(properties.Offered.models)
        return f"Connected to {webui.url}; it lists {models} ControlNet models."


class NEURALMASTER_OT_texture(Step):
    """Give the selected meshes one white texture to paint on"""

    bl_idname, bl_label, bl_options = "neuralmaster.texture", "New Texture", {"REGISTER", "UNDO"}
    size: IntProperty(name="Size", default=2048, min=16, max=8192)

    def work(self, context: bpy.types.Context) -> str:
        """A material with that texture for each that has none."""
        objects = reading.chosen(context)
        image = bpy.data.images.new(f"{objects[0].name} texture", self.size, self.size)
        image.generated_color = (1, 1, 1, 1)
        for one in objects:
            _with_texture(one, image)
        return f"{image.name} is what {', '.join(one.name for one in objects)} shows now."


def _with_texture(one: bpy.types.Object, image: bpy.types.Image) -> None:
    material = bpy.data.materials.new(f"{one.name} painted")
    if material.node_tree is None:  # before Blender 5
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    node = nodes.new("ShaderNodeTexImage")
    node.image, node.location = image, (-400, 300)
    shader = next(each for each in nodes if each.type == "BSDF_PRINCIPLED")
    links.new(node.outputs["Color"], shader.inputs["Base Color"])
    one.data.materials.clear()
    one.data.materials.append(material)


class NEURALMASTER_OT_mask(Step):
    """Make the picture and the mask of the selected meshes from a camera"""

    bl_idname, bl_label, bl_options = "neuralmaster.mask", "Mask", {"REGISTER", "UNDO"}
    camera: StringProperty(
        name="Camera", description="Its name; empty for the scene's", options={"SKIP_SAVE"}
    )

    def work(self, context: bpy.types.Context) -> str:
        """See `steps.make_mask`."""
        scene = context.scene
        camera = scene.objects.get(self.camera) if self.camera else scene.camera
        view = reading.view(context, camera, scene.neuralmaster.size)
        share = steps.make_mask(context, reading.chosen(context), view)
        return f"{share:.0%} of what the camera sees is to be repainted."


class NEURALMASTER_OT_inpaint(Talk):
    """Have the WebUI repaint the picture where the mask is red"""

    bl_idname, bl_label, bl_options = "neuralmaster.inpaint", "Inpaint", {"REGISTER", "UNDO"}

    def begin(self, context: bpy.types.Context) -> None:
        """Sends it."""
        send(context)

    def go_on(self, _context: bpy.types.Context, run: Run) -> str:
        """Shows the result."""
        return f"The result is in {RESULT}.{take(run)}"


class NEURALMASTER_OT_project(Step):
    """Lay the result over the texture, where the mask is red and this view is the better one"""

    bl_idname, bl_label, bl_options = "neuralmaster.project", "Project", {"REGISTER", "UNDO"}

    def work(self, context: bpy.types.Context) -> str:
        """See `steps.project_result`."""
        texels, textures = steps.project_result(context)
        return f"{texels} texels of {textures} textures were painted."


class NEURALMASTER_OT_revert(Step):
    """Take the last projection on the selected meshes back, also where there is no undo"""

    bl_idname, bl_label, bl_options = "neuralmaster.revert", "Take Back", {"REGISTER", "UNDO"}

    def work(self, context: bpy.types.Context) -> str:
        """Each texture of the selected meshes."""
        images = reading.model(context, reading.chosen(context)).images
        taken = [history.revert(image) for image in images]
        if not any(taken):
            raise StepError("There is no projection to take back.")
        return "The last projection was taken back."


class NEURALMASTER_OT_walk(Talk):
    """Mask, inpaint and project from four sides and the top, or from the selected cameras"""

    bl_idname, bl_label, bl_options = "neuralmaster.walk", "Walk Around", {"REGISTER", "UNDO"}
    cameras: StringProperty(
        name="Cameras", options={"SKIP_SAVE"},
        description="Names, separated by commas; empty for the selected ones, or else for four "
        "sides and the top",
    )  # fmt: skip
    all_sides: BoolProperty(
        name="All Sides", options={"SKIP_SAVE"}, description="Whatever is selected"
    )

    def begin(self, context: bpy.types.Context) -> None:
        """The first view that has something to repaint."""
        self.objects = [one.name for one in reading.chosen(context)]
        self.views = list(steps.walk_views(context, self._chosen(context)).items())
        self.done: list[str] = []
        if not self._next(context):
            raise StepError("No view has anything to repaint; lower Keep Above, or choose others.")

    def _chosen(self, context: bpy.types.Context) -> list[bpy.types.Object]:
        if self.all_sides:
            return []
        names = [name.strip() for name in self.cameras.split(",") if name.strip()]
        missing = [name for name in names if name not in context.scene.objects]
        if missing:
            raise StepError(f"There is no camera {missing[0]}.")
        if names:
            return [context.scene.objects[name] for name in names]
        return [one for one in context.selected_objects if one.type == "CAMERA"]

    def _next(self, context: bpy.types.Context) -> bool:
        """Sends the next view that has something to repaint; whether there was one."""
        while self.views:
            name, view = self.views.pop(0)
            gone = [each for each in self.objects if each not in context.scene.objects]
            if gone:
                raise StepError(f"{gone[0]} was removed during the walk, which ends here.")
            objects = [context.scene.objects[each] for each in self.objects]
            if steps.make_mask(context, objects, view) > 0:
                send(context)
                self.done.append(name)
                return True
        return False

    def go_on(self, context: bpy.types.Context, run: Run) -> str | None:
        """Projects, and goes to the next."""
        take(run)
        steps.project_result(context)
        if self._next(context):
            return None
        return f"Painted from {', '.join(self.done)}."


class NEURALMASTER_OT_cancel(bpy.types.Operator):
    """End the job, and interrupt the WebUI"""

    bl_idname, bl_label = "neuralmaster.cancel", "Cancel"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Asks for it; the job says so when it has ended."""
        for run in current:
            run.cancel()
        return {"FINISHED"}


def closing() -> None:
    """Blender ends: the WebUI is not left working for nobody."""
    for run in current:
        run.cancel()
        run.wait(2)


def unfinished(scene: bpy.types.Scene) -> None:
    """Of a file that was saved while a job ran."""
    if scene.neuralmaster.running and not current:
        scene.neuralmaster.running = False
        scene.neuralmaster.status = f"Blender was closed during a job. {CANCELLED}"


CLASSES = (
    NEURALMASTER_OT_connect,
    NEURALMASTER_OT_texture,
    NEURALMASTER_OT_mask,
    NEURALMASTER_OT_inpaint,
    NEURALMASTER_OT_project,
    NEURALMASTER_OT_revert,
    NEURALMASTER_OT_walk,
    NEURALMASTER_OT_cancel,
)
