"""ComfyUI's page in Chromium."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.comfyui.host import ComfyUI, Run

# as a person leaves them who has been there before
SETTINGS = {
    "Comfy.TutorialCompleted": True,
    "Comfy.Minimap.Visible": False,
    "Comfy.Graph.CanvasInfo": False,
}
READY = """() => !!(window.app && window.app.graph && window.LiteGraph
    && window.LiteGraph.registered_node_types['NeuralMasterFill'])"""
# nodes: {name: [type, [left, upper], [width, height], {input: value, or [name, output]}]}
BUILD = """nodes => {
    app.clean();
    app.graph.clear();
    const made = {};
    for (const [name, [type, place, size]] of Object.entries(nodes)) {
        const node = LiteGraph.createNode(type);
        [node.pos, node.size] = [place, size];
        app.graph.add(node);
        made[name] = node;
    }
    for (const [name, [, , , inputs]] of Object.entries(nodes)) {
        for (const [input, value] of Object.entries(inputs)) {
            if (Array.isArray(value)) made[value[0]].connect(value[1], made[name], input);
            else {
                const widget = made[name].widgets.find(one => one.name === input);
                widget.value = value;
                widget.callback?.(value);
            }
        }
    }
    for (const [name, [, , size]] of Object.entries(nodes)) made[name].setSize(size);
}"""


class Page:
    """The page of a running ComfyUI."""

    def __init__(self, comfyui: ComfyUI, browser: Any) -> None:
        self.comfyui, self.browser = comfyui, browser

    def __enter__(self) -> Page:
        request = urllib.request.Request(
            f"{self.comfyui.url}/settings",
            json.dumps(SETTINGS).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=60).close()
        self.page = self.browser.new_page(viewport={"width": 1360, "height": 820})
        self.page.goto(self.comfyui.url)
        self.page.wait_for_function(READY, timeout=120_000)
        self.page.wait_for_timeout(2000)  # it opens an empty workflow
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()

    def open(self, workflow: dict[str, Any]) -> None:
        """Opens a workflow as if its file were dropped on the page."""
        self.page.evaluate("workflow => app.loadGraphData(workflow)", workflow)

    def build(self, nodes: dict[str, Any]) -> None:
        """Makes a workflow; see BUILD."""
        self.page.evaluate(BUILD, nodes)

    def workflow(self) -> dict[str, Any]:
        """The workflow, as the page saves it in a file."""
        return self.page.evaluate("() => app.graph.serialize()")

    def prompt(self) -> dict[str, Any]:
        """The workflow, as the page sends it to be run."""
        return self.page.evaluate("async () => (await app.graphToPrompt()).output")

    def run(self) -> Run:
        """Runs the workflow by the page's own button."""
        before = set(self.comfyui.get("/history"))
        self.page.get_by_test_id("queue-button").click()
        for _ in range(600):
            self.page.wait_for_timeout(200)
            history = self.comfyui.get("/history")
            ended = [n for n in set(history) - before if history[n]["status"]["status_str"]]
            if ended:
                self.page.wait_for_timeout(1500)  # the page loads what it shows
                return Run(self.comfyui, history[ended[0]])
        raise AssertionError("no end after two minutes")

    def shoot(self, path: Path, scale: float = 1) -> None:
        """A screenshot of the graph from its origin on; scale: of its nodes."""
        self.page.evaluate(
            """scale => {
                app.canvas.ds.reset();
                app.canvas.ds.scale = scale;
                app.canvas.draw(true, true);
            }""",
            scale,
        )
        self.page.wait_for_timeout(800)
        self.page.screenshot(path=str(path))
