// The studio's controls: what they say, and what they show of the work.
globalThis.neuralmasterControls ??= (() => {
  "use strict";
  const brushes = new Map(); // by whether the tool finds: its brush in pixels of the picture
  let tools = null; // see neuralmaster/studio/tools.py

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);
  const all = (selector) => [...document.querySelectorAll(`#neuralmaster_studio ${selector}`)];
  const chosen = (id) => find(`#${id} input:checked`)?.value;
  const layer = () => chosen("nm_layer");
  const tool = () => chosen("nm_tool");

  function toolOf(name) {
    tools ??= JSON.parse(find("#nm_canvas").dataset.tools);
    return tools[name];
  }

  // What a radio is set to; nothing is sent.
  function choose(id, value) {
    const input = find(`#${id} input[value="${value}"]`);
    if (input) input.checked = true;
  }

  function keyOfTool(key) {
    const [name] = Object.entries(tools ?? {}).find(([, { key: its }]) => its === key) ?? [];
    return name && (() => chooseTool(name));
  }

  function chooseTool(name) {
    choose("nm_tool", name);
    showTool();
  }

  function showTool() {
    const { help, cursor } = toolOf(tool());
    find("#nm_canvas .nm-help").textContent = neuralmasterCanvas.isOpen() ? help : "";
    find("#nm_canvas").style.cursor = cursor;
    showBrush();
  }

  const longest = () => {
    const { width, height } = neuralmasterCanvas.size() ?? { width: 1000, height: 1000 };
    return Math.max(width, height);
  };
  const kindOfBrush = () => Boolean(toolOf(tool()).finds);

  function brush() {
    const kind = kindOfBrush();
    const size = neuralmasterCanvas.size();
    if (!size) return 50;
    if (!brushes.has(kind)) brushes.set(kind, neuralmasterStrokes.firstBrush(size, kind));
    return brushes.get(kind);
  }

  function setBrush(pixels) {
    brushes.set(kindOfBrush(), Math.min(longest(), Math.max(1, Math.round(pixels) || 1)));
    showBrush();
  }

  const setBrushTick = (tick) => setBrush(neuralmasterStrokes.fromTick(tick, longest()));
  const resizeBrush = (steps) => setBrush(neuralmasterStrokes.resized(brush(), steps, longest()));

  function showBrush() {
    find("#nm_brush_range").value = neuralmasterStrokes.toTick(brush(), longest());
    find("#nm_brush_range").setAttribute("aria-valuetext", `${brush()} pixels`);
    find("#nm_brush_px").value = brush();
    neuralmasterBrush.drawCursor();
  }

  function swapLayers() {
    choose("nm_layer", layer() === "inpaint" ? "source" : "inpaint");
    showFeather();
  }

  let feathers = { inpaint: 0, source: 0 };

  function showFeather() {
    const width = feathers[layer()];
    for (const end of ["range", "px"]) find(`#nm_feather_${end}`).value = width;
  }

  // What an answer says of the work: see acts.state in Python.
  function show({ state, number }) {
    feathers = state.feather;
    showFeather();
    choose("nm_preset", state.preset);
    for (const [name, value] of Object.entries(state.params)) neuralmasterParams.show(name, value);
    find("#nm_undo").disabled = !state.undo;
    find("#nm_redo").disabled = !state.redo;
    find("#nm_sides").hidden = state.preset !== "outpaint";
    find("#nm_extended_box").hidden = !state.is_extended;
    find("#nm_canvas").dataset.number = number;
    showTool();
  }

  // What a stroke has done can be undone, also before there is an answer to it.
  function expect({ act }) {
    if (act !== "stroke") return;
    find("#nm_undo").disabled = false;
    find("#nm_redo").disabled = true;
  }

  // Another picture: its brushes are of its size.
  function newPicture() {
    brushes.clear();
    neuralmasterBrush.newPicture();
  }

  // The tool that a job begins with.
  function beginWith(preset) {
    choose("nm_layer", "inpaint");
    chooseTool(preset === "remove" ? "box" : "paint");
  }

  // An act of a button, with what the controls add to it.
  function actOf(button) {
    const act = JSON.parse(button.dataset.act);
    if (act.act === "find" || act.act === "edit") act.layer = layer();
    if (act.act === "edit") act.pixels = Number(find("#nm_pixels input").value);
    return act;
  }

  const sides = () => all("#nm_sides input").map((input) => Number(input.value));

  // The answer in one sentence.
  function say(text, kind = "error") {
    const box = find("#nm_said");
    const line = document.createElement("p");
    line.className = `nm-said nm-${kind}`;
    line.textContent = text;
    box.replaceChildren(line);
  }

  return {
    actOf,
    beginWith,
    brush,
    expect,
    keyOfTool,
    layer,
    newPicture,
    resizeBrush,
    say,
    setBrush,
    setBrushTick,
    show,
    showFeather,
    showTool,
    sides,
    swapLayers,
    tool,
    toolOf,
    preset: () => chosen("nm_preset"),
  };
})();
