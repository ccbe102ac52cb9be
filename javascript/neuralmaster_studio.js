// The studio's canvas and its ways out of the page: what Python cannot do. It looks up the files
// beside it only when something happens, so the order in which they are loaded does not matter.
globalThis.neuralmasterStudio ??= (() => {
  "use strict";
  const LAYER_COLOURS = { inpaint: "rgba(235, 45, 50, 0.6)", source: "rgba(40, 200, 80, 0.6)" };
  const ERASER_COLOUR = "rgba(255, 255, 255, 0.6)";
  const BRUSH_OUTLINE = Object.entries({ "#000a": 3, "#fff": 1 }); // seen on dark and on light
  let queue = null; // of strokes on their way to Python
  let drawing = null; // the stroke under way
  let place = null; // of the brush

  const app = () => (window.gradioApp ? gradioApp() : document);
  const find = (selector) => app().querySelector(`#neuralmaster_studio ${selector}`);
  const chosen = (id) => find(`#${id} input:checked`)?.value;
  const isOpen = () => Boolean(find("#nm_pictures style"));

  function strokes() {
    queue ??= neuralmasterStrokes.newQueue();
    return queue;
  }

  const tools = () => JSON.parse(find("#nm_canvas").dataset.tools); // see tools.py
  const isBox = (tool) => tools()[tool]?.shape === "box";
  const extend = () => neuralmasterStrokes.extend(drawing, place, isBox(drawing.tool));

  function newStroke() {
    const percent = Number(find("#nm_brush input").value);
    return neuralmasterStrokes.started(chosen("nm_layer"), chosen("nm_tool"), percent, place);
  }

  function finish() {
    strokes().waiting.push(drawing);
    drawing = null;
    send();
  }

  function send() {
    redraw();
    if (neuralmasterStrokes.claim(strokes(), performance.now())) find("#nm_draw").click();
  }

  // Called by the page's events: before strokes go to Python, and when their pictures are there.
  function take() {
    return neuralmasterStrokes.take(strokes());
  }

  function done() {
    neuralmasterStrokes.done(strokes());
    send();
  }

  function redraw() {
    const canvas = find("#nm_canvas canvas");
    if (!canvas) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    resize(canvas, width, height);
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    const { sent, waiting } = strokes();
    const visible = [...sent, ...waiting, drawing].filter(Boolean);
    for (const stroke of visible) draw(pen, stroke, width, height);
    if (place && isOpen()) drawBrush(pen, width, height);
  }

  function resize(canvas, width, height) {
    if (canvas.width === width && canvas.height === height) return;
    Object.assign(canvas, { width, height });
  }

  function draw(pen, stroke, width, height) {
    const points = neuralmasterStrokes.toPixels(stroke.points, width, height);
    const [[x, y]] = points;
    const last = points[points.length - 1];
    pen.strokeStyle = tools()[stroke.tool].erases ? ERASER_COLOUR : LAYER_COLOURS[stroke.layer];
    pen.lineCap = pen.lineJoin = "round";
    if (isBox(stroke.tool)) {
      pen.lineWidth = 3;
      pen.strokeRect(x, y, last[0] - x, last[1] - y);
      return;
    }
    pen.lineWidth = neuralmasterStrokes.brushPixels(stroke.brush, width, height);
    pen.beginPath();
    pen.moveTo(x, y);
    for (const point of points) pen.lineTo(...point);
    pen.stroke();
  }

  function drawBrush(pen, width, height) {
    const { tool, brush } = newStroke();
    const radius = isBox(tool) ? 4 : neuralmasterStrokes.brushPixels(brush, width, height) / 2;
    for (const [colour, line] of BRUSH_OUTLINE) {
      pen.strokeStyle = colour;
      pen.lineWidth = line;
      pen.beginPath();
      pen.arc(place[0] * width, place[1] * height, radius, 0, 7);
      pen.stroke();
    }
  }

  function follow(event, canvas) {
    const box = canvas.getBoundingClientRect();
    place = neuralmasterStrokes.placeIn(box, event.clientX, event.clientY);
  }

  const onCanvas = (event) => event.target.closest?.("#nm_canvas");

  function onPointerDown(event) {
    const canvas = onCanvas(event);
    if (!canvas || event.button !== 0 || !isOpen()) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    follow(event, canvas);
    drawing = newStroke();
    redraw();
  }

  function onPointerMove(event) {
    const canvas = onCanvas(event);
    if (canvas) onBrushMove(event, canvas);
    else if (place && !drawing) hideBrush();
  }

  function onBrushMove(event, canvas) {
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      follow(part, canvas);
      if (drawing) extend();
    }
    canvas.style.cursor = tools()[chosen("nm_tool")]?.cursor;
    redraw();
  }

  function hideBrush() {
    place = null;
    redraw();
  }

  function onPointerUp(event) {
    if (drawing && event.pointerType) finish();
  }

  function onKey(event) {
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && isShown()) {
      onUndoKey(event);
    } else if (onCanvas(event) && isOpen() && paintByKey(event)) {
      event.preventDefault();
      redraw();
    }
  }

  function onUndoKey(event) {
    if (event.target.matches("textarea, input:not([type=range]):not([type=radio])")) return;
    event.preventDefault();
    find("#nm_undo").click();
  }

  // Whether the key means something to the canvas.
  function paintByKey({ key, shiftKey }) {
    const next = neuralmasterStrokes.moved(place, key, shiftKey);
    if (next) moveBrush(next);
    else if (key === " " || key === "Enter") startOrFinish();
    else if (key === "Escape") drawing = null;
    else return chooseTool(key.toLowerCase());
    return true;
  }

  function chooseTool(key) {
    const [tool] = Object.entries(tools()).find(([, { key: its }]) => its === key) ?? [];
    find(`#nm_tool input[value="${tool}"]`)?.click();
    return Boolean(tool);
  }

  function moveBrush(next) {
    place = next;
    if (drawing) extend();
  }

  function startOrFinish() {
    place ??= neuralmasterStrokes.MIDDLE;
    if (drawing) finish();
    else drawing = newStroke();
  }

  const isShown = () => Boolean(app().querySelector("#neuralmaster_studio")?.offsetParent);

  function open(event, files) {
    const picture = neuralmasterPictures.firstPicture(files);
    if (!picture || !isShown()) return;
    event.preventDefault();
    event.stopPropagation();
    neuralmasterSession.open(picture);
  }

  function onDragOver(event) {
    if (isShown() && event.target.closest?.("#neuralmaster_studio")) event.preventDefault();
  }

  function onDrop(event) {
    if (event.target.closest?.("#neuralmaster_studio")) open(event, event.dataTransfer?.files);
  }

  // What leaves the page: Python says what it is, as JSON; nothing if it had to say a sentence.
  async function leave(text) {
    if (!text) return;
    const what = JSON.parse(text);
    const ways = { download, copy, send: (job) => neuralmasterImg2img.send(job) };
    await ways[what.action](what);
  }

  async function download({ url, name }) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await neuralmasterPictures.asFile(url, name));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  async function copy({ text }) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyAsOfOld(text); // outside 127.0.0.1 and https there is no clipboard
    }
    const button = find("#nm_copy");
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 1500);
  }

  function copyAsOfOld(text) {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }

  // In the WebUI alone.
  async function takeFromImg2img() {
    const picture = await neuralmasterImg2img.picture();
    if (picture) neuralmasterSession.open(picture);
    else neuralmasterSession.say("There is no picture in img2img yet.");
  }

  document.addEventListener("pointerdown", onPointerDown);
  document.addEventListener("pointermove", onPointerMove);
  document.addEventListener("pointerup", onPointerUp);
  document.addEventListener("keydown", onKey);
  document.addEventListener("dragover", onDragOver, true);
  document.addEventListener("drop", onDrop, true);
  document.addEventListener("paste", (event) => open(event, event.clipboardData?.files), true);
  return { take, done, leave, takeFromImg2img };
})();
