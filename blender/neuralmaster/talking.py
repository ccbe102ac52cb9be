"""What the operators have in common: errors are sentences, and nothing waits for a WebUI."""

from __future__ import annotations

import bpy

from .pictures import StepError
from .run import Run
from .server import ServerError

TICK = 0.2  # seconds between looks at a job; larger answers later to Esc
current: list[Run] = []  # the job that runs, if one does


class Step(bpy.types.Operator):
    """What all have in common: an error is one sentence, and changes nothing."""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Does the step at once, and waits for it; so do scripts."""
        try:
            said = self.work(context)
        except (StepError, ServerError) as error:
            return self.fail(context, error)
        self.say(context, said)
        return {"FINISHED"}

    def say(self, context: bpy.types.Context, sentence: str) -> None:
        """Tells it in the status bar and in the panel."""
        context.scene.neuralmaster.status = sentence
        self.report({"INFO"}, sentence)

    def fail(self, context: bpy.types.Context, error: Exception) -> set[str]:
        """As an error: scripts get a RuntimeError with the sentence."""
        context.scene.neuralmaster.status = str(error)
        self.report({"ERROR"}, str(error))
        return {"CANCELLED"}

    def work(self, context: bpy.types.Context) -> str:
        """The step itself; returns what to say."""
        raise NotImplementedError


class Talk(Step):
    """A step that waits for a WebUI. From the panel it runs beside the work in Blender."""

    _timer = None

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Begins, and comes back every TICK."""
        if current:
            self.report({"ERROR"}, "A job is already running; press Cancel, or wait for it.")
            return {"CANCELLED"}
        try:
            self.begin(context)
        except (StepError, ServerError) as error:
            return self.fail(context, error)
        manager = context.window_manager
        self._timer = manager.event_timer_add(TICK, window=context.window)
        manager.progress_begin(0, 100)
        manager.modal_handler_add(self)
        context.scene.neuralmaster.running = True
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Lets all events through but its own timer's and Esc."""
        run = current[0]
        if event.type == "ESC":
            run.cancel()
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        context.window_manager.progress_update(int(100 * run.progress))
        context.scene.neuralmaster.status = f"{self.bl_label}: {run.progress:.0%}"
        for area in context.screen.areas if context.screen else ():
            area.tag_redraw()
        if run.running:
            return {"PASS_THROUGH"}
        try:
            said = self.go_on(context, run)
        except (StepError, ServerError) as error:
            self.end(context)
            return self.fail(context, error)
        except Exception:  # a fault of ours must not block the next job
            self.end(context)
            raise
        if said is None:
            return {"PASS_THROUGH"}
        self.end(context)
        self.say(context, said)
        return {"FINISHED"}

    def end(self, context: bpy.types.Context) -> None:
        """No timer and no job is left."""
        current.clear()
        context.scene.neuralmaster.running = False
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            context.window_manager.progress_end()

    def work(self, context: bpy.types.Context) -> str:
        """The same, waiting."""
        try:
            self.begin(context)
            while True:
                current[0].wait()
                said = self.go_on(context, current[0])
                if said is not None:
                    return said
        finally:
            current.clear()

    def begin(self, context: bpy.types.Context) -> None:
        """Sends the first job."""
        raise NotImplementedError

    def go_on(self, context: bpy.types.Context, run: Run) -> str | None:
        """Takes a finished job; None if it has sent another one, else what to say."""
        raise NotImplementedError
