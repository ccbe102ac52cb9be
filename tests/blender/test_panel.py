"""What needs Blender's window: the panel, and jobs beside the work, driven by hand here."""

import threading
import time
from types import SimpleNamespace

import pytest

from tests.blender.scenes import cube, levels, part, textured
from tests.fake_webui import IMG2IMG, INFO, FakeWebUI

SOON = 10.0


class Layout:
    """Notes what a panel puts into it."""

    def __init__(self, noted):
        self.noted = noted

    def box(self):
        return Layout(self.noted)

    def column(self, **_):
        return Layout(self.noted)

    def prop(self, of, name):
        assert name in of.bl_rna.properties
        self.noted.append(name)

    def operator(self, name, **_):
        self.noted.append(name)

    def label(self, text):
        self.noted.append(text)

    def progress(self, factor, text):
        self.noted.append(text)


class Driven:
    """An operator without Blender's event loop: its own functions, called as Blender would."""

    _timer = None

    def __init__(self, kind):
        self.kind, self.bl_label, self.said = kind, kind.bl_label, []

    def __getattr__(self, name):
        return getattr(self.kind, name).__get__(self)

    def report(self, _kind, sentence):
        self.said.append(sentence)


class Window:
    """A context with a window manager that only counts."""

    def __init__(self, bpy):
        self.scene, self.screen, self.window = bpy.context.scene, None, None
        self.preferences = bpy.context.preferences
        self.timers = 0
        nothing = dict.fromkeys(
            ("progress_begin", "progress_end", "modal_handler_add"), self.nothing
        )
        self.window_manager = SimpleNamespace(
            event_timer_add=self.add,
            event_timer_remove=self.remove,
            progress_update=self.nothing,
            **nothing,
        )

    def nothing(self, *_):
        pass

    def add(self, *_, **__):
        self.timers += 1
        return "timer"

    def remove(self, timer):
        assert timer == "timer"
        self.timers -= 1


@pytest.fixture
def webui(preferences):
    with FakeWebUI() as fake:
        preferences.url, preferences.login = fake.url, ""
        fake.gate = threading.Event()
        fake.routes[IMG2IMG] = lambda job: (fake.gate.wait(SOON), fake.img2img(job))[1]
        yield fake
        fake.gate.set()


@pytest.fixture
def masked(bpy):
    cube(bpy)
    image = textured(bpy)
    bpy.ops.neuralmaster.mask()
    return image


def started(bpy, webui):
    """A job that runs, and its context."""
    context, job = Window(bpy), Driven(part("operators").NEURALMASTER_OT_inpaint)
    assert job.invoke(context, None) == {"RUNNING_MODAL"}
    end = time.monotonic() + SOON
    while IMG2IMG not in webui.paths and time.monotonic() < end:
        time.sleep(0.01)
    return job, context


def event(kind):
    return SimpleNamespace(type=kind)


def run_out(job, context):
    """The outcome, by the timer's events."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        outcome = job.modal(context, event("TIMER"))
        if outcome != {"PASS_THROUGH"}:
            return outcome
        time.sleep(0.02)
    raise AssertionError("the job has no end")


def test_blender_stays_usable_during_a_job(bpy, masked, webui):
    job, context = started(bpy, webui)
    for kind in ("MOUSEMOVE", "LEFTMOUSE", "A", "TIMER"):
        assert job.modal(context, event(kind)) == {"PASS_THROUGH"}
    assert context.scene.neuralmaster.running
    webui.gate.set()
    assert run_out(job, context) == {"FINISHED"}
    assert job.said == ["The result is in NeuralMaster result."]
    assert context.timers == 0
    assert not context.scene.neuralmaster.running


def test_a_second_job_waits_for_the_first(bpy, masked, webui):
    job, context = started(bpy, webui)
    other = Driven(part("operators").NEURALMASTER_OT_walk)
    assert other.invoke(context, None) == {"CANCELLED"}
    assert other.said == ["A job is already running; press Cancel, or wait for it."]
    webui.gate.set()
    assert run_out(job, context) == {"FINISHED"}


@pytest.mark.parametrize("way", ["esc", "button"])
def test_esc_and_the_button_end_a_job(bpy, masked, webui, way):
    before = levels(masked)
    job, context = started(bpy, webui)
    if way == "esc":
        assert job.modal(context, event("ESC")) == {"PASS_THROUGH"}
    else:
        bpy.ops.neuralmaster.cancel()
    assert run_out(job, context) == {"CANCELLED"}
    assert job.said == ["Cancelled: the texture is as it was."]
    assert webui.interrupted.is_set()
    assert (levels(masked) == before).all()
    assert (context.timers, part("talking").current) == (0, [])


def test_closing_blender_interrupts_the_webui(bpy, masked, webui):
    started(bpy, webui)
    part("operators").closing()
    assert webui.interrupted.is_set()
    part("talking").current.clear()


def test_a_job_that_cannot_begin_leaves_no_timer(bpy, masked, webui):
    del webui.routes[INFO]
    context, job = Window(bpy), Driven(part("operators").NEURALMASTER_OT_inpaint)
    assert job.invoke(context, None) == {"CANCELLED"}
    assert context.timers == 0
    assert part("talking").current == []


def drawn(bpy):
    panel = part("panel").NEURALMASTER_PT_main
    noted = []
    driven = SimpleNamespace(layout=Layout(noted))
    for name in ("_mask", "_inpaint", "_project"):
        setattr(driven, name, getattr(panel, name).__get__(driven))
    panel.draw(driven, bpy.context)
    return noted


def test_the_panel_has_the_three_steps_in_order(bpy):
    part("properties").withdraw()
    noted = drawn(bpy)
    steps = [name for name in noted if name.startswith("neuralmaster.")]
    assert steps == [
        f"neuralmaster.{name}"
        for name in ("texture", "mask", "connect", "inpaint", "project", "walk")
    ]


def test_the_panel_shows_what_the_webui_offers(bpy, preferences, webui):
    schema = {"strength": {"type": "number", "minimum": 0, "maximum": 2, "default": 1}}
    webui.routes[INFO] = (200, {"version": "1.0.0", "parameters": {"properties": schema}})
    webui.routes["/sdapi/v1/scripts"] = (200, {"img2img": ["controlnet"]})
    webui.routes["/controlnet/model_list"] = (200, {"model_list": ["depth [1]"]})
    bpy.ops.neuralmaster.connect()
    noted = drawn(bpy)
    assert {"strength", "depth", "normal"} <= set(noted)
    assert "neuralmaster.connect" not in noted
    assert bpy.context.scene.neuralmaster_fill.strength == 1
    part("properties").withdraw()


def test_the_panel_shows_a_running_job_and_its_cancel(bpy, masked, webui):
    job, context = started(bpy, webui)
    noted = drawn(bpy)
    assert "neuralmaster.cancel" in noted
    assert "neuralmaster.inpaint" not in noted
    webui.gate.set()
    run_out(job, context)


def test_depth_and_normals_go_with_the_job(bpy, masked, webui):
    webui.routes["/sdapi/v1/scripts"] = (200, {"img2img": ["controlnet"]})
    webui.routes["/controlnet/model_list"] = (200, {"model_list": ["a normal", "a depth"]})
    settings = bpy.context.scene.neuralmaster
    settings.depth, settings.normal = 0.5, 1.0
    webui.gate.set()
    bpy.ops.neuralmaster.inpaint()
    units = webui.jobs[0]["alwayson_scripts"]["controlnet"]["args"]
    assert [(unit["model"], unit["weight"]) for unit in units] == [
        ("a depth", 0.5),
        ("a normal", 1),
    ]
