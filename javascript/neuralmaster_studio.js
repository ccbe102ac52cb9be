// The studio's canvas, its files, and its ways out of the page: what Python cannot do.
"use strict";
window.neuralmasterStudio ??= (() => {
  const LAYER_COLOURS = { inpaint: "rgba(235, 45, 50, 0.6)", source: "rgba(40, 200, 80, 0.6)" };
  const PATIENCE = 20000; // milliseconds
  const STEP = 0.01; // of the picture that an arrow key moves the brush
  const HEARTBEAT = 60000; // milliseconds
  let waiting = []; // strokes that are not sent yet
  let sent = []; // strokes that the pictures do not show yet
  let busyUntil = 0; // a lost answer holds the next strokes up no longer than PATIENCE
  let drawing = null;
  let place = null; // of the brush: x, y in 0..1
  let given = ["", ""]; // the file that Python gets next: its name, and a data URL

  const app = () => (window.gradioApp ? gradioApp() : document);
  const find = (selector) => app().querySelector(`#neuralmaster_studio ${selector}`);
  const chosen = (id) => find(`#${id} input:checked`)?.value;
  const isOpen = () => Boolean(find("#nm_pictures style"));

  function newStroke() {
    const brush = Number(find("#nm_brush input").value) / 100;
    return { layer: chosen("nm_layer"), tool: chosen("nm_tool"), brush, points: [place] };
  }

  function extend(stroke) {
    if (stroke.tool === "box") stroke.points = [stroke.points[0], place];
    else stroke.points.push(place);
  }

  function finish() {
    waiting.push(drawing);
    drawing = null;
    send();
  }

  function send() {
    redraw();
    if (performance.now() < busyUntil || !waiting.length) return;
    busyUntil = performance.now() + PATIENCE;
    find("#nm_draw").click();
  }

  // Called by the page's events: before strokes go to Python, and when their pictures are there.
  function take() {
    sent = waiting;
    waiting = [];
    return JSON.stringify(sent);
  }

  function done() {
    sent = [];
    busyUntil = 0;
    send();
  }

  function redraw() {
    const canvas = find("#nm_canvas canvas");
    if (!canvas) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    for (const stroke of [...sent, ...waiting, drawing].filter(Boolean)) draw(pen, stroke, width, height);
    if (place && isOpen()) drawBrush(pen, width, height);
  }

  function draw(pen, stroke, width, height) {
    const points = stroke.points.map(([x, y]) => [x * width, y * height]);
    const [[x, y]] = points;
    const last = points[points.length - 1];
    pen.strokeStyle = stroke.tool === "erase" ? "rgba(255, 255, 255, 0.6)" : LAYER_COLOURS[stroke.layer];
    pen.lineCap = pen.lineJoin = "round";
    if (stroke.tool === "box") {
      pen.lineWidth = 3;
      pen.strokeRect(x, y, last[0] - x, last[1] - y);
      return;
    }
    pen.lineWidth = stroke.brush * Math.max(width, height);
    pen.beginPath();
    pen.moveTo(x, y);
    for (const point of points) pen.lineTo(...point);
    pen.stroke();
  }

  function drawBrush(pen, width, height) {
    const { tool, brush } = newStroke();
    const radius = tool === "box" ? 4 : (brush * Math.max(width, height)) / 2;
    for (const [colour, line] of [["#000a", 3], ["#fff", 1]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = line;
      pen.beginPath();
      pen.arc(place[0] * width, place[1] * height, radius, 0, 7);
      pen.stroke();
    }
  }

  function follow(event, canvas) {
    const box = canvas.getBoundingClientRect();
    place = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
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
    if (!canvas) {
      if (place && !drawing) {
        place = null;
        redraw();
      }
      return;
    }
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      follow(part, canvas);
      if (drawing) extend(drawing);
    }
    redraw();
  }

  function onPointerUp(event) {
    if (drawing && event.pointerType) finish();
  }

  function onKey(event) {
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && isShown()) {
      if (event.target.matches("textarea, input:not([type=range]):not([type=radio])")) return;
      event.preventDefault();
      find("#nm_undo").click();
      return;
    }
    if (!onCanvas(event) || !isOpen()) return;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (moves[event.key]) {
      const step = STEP * (event.shiftKey ? 5 : 1);
      const clip = (value) => Math.min(1, Math.max(0, value));
      place = (place ?? [0.5, 0.5]).map((at, k) => clip(at + step * moves[event.key][k]));
      if (drawing) extend(drawing);
    } else if (event.key === " " || event.key === "Enter") {
      place ??= [0.5, 0.5];
      if (drawing) finish();
      else drawing = newStroke();
    } else if (event.key === "Escape") {
      drawing = null;
    } else {
      return;
    }
    event.preventDefault();
    redraw();
  }

  const isShown = () => Boolean(app().querySelector("#neuralmaster_studio")?.offsetParent);

  function put(input, file) {
    const list = new DataTransfer();
    list.items.add(file);
    input.files = list.files;
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  }

  // Files go to Python as text and not by gradio's upload: see canvas.py.
  const SENDERS = { nm_open: "#nm_opened", nm_upload: "#nm_uploaded" };

  function onClick(event) {
    const row = event.target.closest?.("#nm_open, #nm_upload");
    const button = event.target.closest?.("button");
    if (row && button && button === row.querySelector("button")) row.querySelector("input[type=file]").click();
  }

  function onChange(event) {
    const row = event.target.matches?.("input[type=file]") && event.target.closest("#nm_open, #nm_upload");
    const [file] = (row && event.target.files) || [];
    if (!file) return;
    event.target.value = ""; // the same file may be chosen again
    give(file, SENDERS[row.id]);
  }

  function give(file, sender) {
    const reader = new FileReader();
    reader.onload = () => {
      given = [file.name, reader.result];
      find(sender).click();
    };
    reader.onerror = () => say(`${file.name} cannot be read: ${reader.error.message}`);
    reader.readAsDataURL(file);
  }

  // Called by the page's events: what Python is given.
  function file() {
    const taken = given;
    given = ["", ""];
    return taken;
  }

  function say(text) {
    const said = find("#nm_said .nm-said");
    said.textContent = text;
    said.className = "nm-said nm-error";
  }

  function open(event, files) {
    const picture = [...(files ?? [])].find((file) => file.type.startsWith("image/"));
    if (!picture || !isShown()) return;
    event.preventDefault();
    event.stopPropagation();
    give(picture, SENDERS.nm_open);
  }

  // Python keeps this page's picture for as long as it hears of the page: see sessions.py.
  async function tell(state) {
    const key = find("#nm_desk")?.dataset.key;
    if (!key) return;
    const root = location.pathname.replace(/\/*$/, "");
    const address = `${root}/neuralmaster/v1/studio/${key}/${state}`;
    const answer = await fetch(address, { method: "POST", keepalive: true }).catch(() => null);
    const { said } = answer?.ok ? await answer.json() : {};
    if (said) say(said);
  }

  const tellState = () => tell(document.hidden ? "hidden" : "shown");

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
    await { download, copy, send: sendToInpaintUpload }[what.action](what);
  }

  async function asFile(url, name) {
    const content = await (await fetch(url)).blob();
    return new File([content], name, { type: content.type });
  }

  async function download({ url, name }) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await asFile(url, name));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  async function copy({ text }) {
    const isCopied = navigator.clipboard
      ? await navigator.clipboard.writeText(text).then(() => true, () => false)
      : false;
    if (!isCopied) copyAsOfOld(text); // outside 127.0.0.1 and https there is no clipboard
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

  // In the WebUI alone: from and to its own img2img tab.
  function takeFromImg2img() {
    const shown = ["#img2img_image", "#img2maskimg", "#img_inpaint_base", "#img2img_sketch"]
      .map((id) => app().querySelector(`#tab_img2img ${id} img`))
      .filter((picture) => picture?.getAttribute("src")); // an empty canvas of Forge has one without
    const picture = shown.find((one) => one.offsetParent) ?? shown[0];
    if (!picture) {
      say("There is no picture in img2img yet.");
      return;
    }
    asFile(picture.src, "img2img.png").then((file) => give(file, SENDERS.nm_open));
  }

  const wait = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

  async function waitFor(selector) {
    for (let tries = 0; tries < 100 && !app().querySelector(selector); tries++) await wait(100);
  }

  async function sendToInpaintUpload({ image, mask, method, width, height }) {
    if (window.switch_to_img2img_tab) switch_to_img2img_tab(4); // Inpaint upload
    // before the pictures: when it gets one, Forge writes the size of then, however late
    setNumber("#img2img_width", width);
    setNumber("#img2img_height", height);
    for (const [id, url] of Object.entries({ "#img_inpaint_base": image, "#img_inpaint_mask": mask })) {
      const clear = ["Clear", "Remove Image"].map((label) => `${id} button[aria-label="${label}"]`);
      app().querySelector(clear.join())?.click();
      await waitFor(`${id} input[type=file]`);
      put(app().querySelector(`${id} input[type=file]`), await asFile(url, `${id.slice(1)}.png`));
    }
    await waitFor("#img_inpaint_base img");
    await waitFor("#img_inpaint_mask img");
    choose("#img2img_inpainting_fill", "NeuralMaster");
    choose("#neuralmaster_method", method);
    choose("#neuralmaster_source", "green"); // of the mask that is sent
    window.scrollTo(0, 0);
  }

  function choose(id, name) {
    const labels = [...app().querySelectorAll(`${id} label`)];
    labels.find((label) => label.textContent.trim() === name)?.click();
  }

  function setNumber(id, value) {
    const number = app().querySelector(`${id} input[type=number]`);
    if (!number) return;
    number.value = Math.round(value / 8) * 8; // as the host's sliders step
    number.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("pointerdown", onPointerDown);
  document.addEventListener("pointermove", onPointerMove);
  document.addEventListener("pointerup", onPointerUp);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("dragover", onDragOver, true);
  document.addEventListener("drop", onDrop, true);
  document.addEventListener("paste", (event) => open(event, event.clipboardData?.files), true);
  document.addEventListener("visibilitychange", tellState);
  window.addEventListener("pagehide", (event) => tell(event.persisted ? "left" : "closed"));
  window.addEventListener("pageshow", (event) => event.persisted && tellState());
  setInterval(tellState, HEARTBEAT);
  return { take, done, file, leave, takeFromImg2img };
})();
