// What happens on which click, change, drop and paste in the studio.
globalThis.neuralmasterEvents ??= (() => {
  "use strict";
  const studio = () => neuralmasterStudio;
  const controls = () => neuralmasterControls;
  const root = () => document.querySelector("#neuralmaster_studio");
  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);
  const isShown = () => Boolean(root()?.offsetParent);

  const CLICKS = {
    nm_example: () => neuralmasterSources.example(),
    nm_take: () => neuralmasterSources.fromImg2img(),
    nm_in: () => neuralmasterCanvas.zoom(neuralmasterGeometry.STEP),
    nm_out: () => neuralmasterCanvas.zoom(1 / neuralmasterGeometry.STEP),
    nm_actual: () => neuralmasterCanvas.zoomTo(1),
    nm_fit: () => neuralmasterCanvas.fit(),
    nm_full: toggleFullScreen,
    nm_help: () => find("#nm_keys").showModal(),
    nm_extend: () => studio().act({ act: "extend", sides: controls().sides() }),
    nm_flicker: () => neuralmasterLook.toggleFlicker(),
    nm_cancel: () => neuralmasterBusy.cancel(),
    nm_continue: () => neuralmasterKeep.continueWork(),
    nm_discard: () => neuralmasterKeep.discard(),
    nm_copy: () => studio().leave("Copying", () => neuralmasterOutput.copyJob()),
    nm_send: () => studio().leave("Sending", () => neuralmasterOutput.send()),
    nm_mask: () => download("mask"),
    nm_prepared: () => download("prepared"),
    nm_extended: () => download("extended"),
  };

  function download(what) {
    studio().leave("Making the file", (name) => neuralmasterOutput.file(what, name));
  }

  function toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else find(".nm-root").requestFullscreen?.();
  }

  function onClick(event) {
    const button = event.target.closest?.("#neuralmaster_studio button");
    if (button) onButton(button);
    else if (event.target.closest?.("#nm_canvas")) onCanvas();
  }

  // There is nothing to paint on yet.
  function onCanvas() {
    if (!neuralmasterCanvas.isOpen()) find("#nm_open input").click();
  }

  function onButton(button) {
    const field = button.parentNode.querySelector(":scope > input[type=file]");
    if (field) field.click();
    else if (button.dataset.pick) neuralmasterParams.startPicking(button.dataset.pick);
    else if (button.dataset.act) studio().act(controls().actOf(button));
    else CLICKS[button.id]?.();
  }

  // Of fields that change while they are moved, the brush and the view follow at once.
  const INPUTS = {
    nm_brush_range: ({ value }) => controls().setBrushTick(Number(value)),
    nm_cut: () => neuralmasterLook.showCut(),
  };
  const CHANGES = {
    nm_brush_px: ({ value }) => controls().setBrush(Number(value)),
    nm_feather_range: sendFeather,
    nm_feather_px: sendFeather,
  };
  const RADIOS = {
    nm_layer: () => controls().showFeather(),
    nm_tool: () => controls().showTool(),
    nm_compared: () => neuralmasterLook.compareWith(),
    nm_preset: ({ value }) => {
      if (neuralmasterCanvas.isOpen()) studio().act({ act: "preset", preset: value });
      controls().beginWith(value);
    },
  };

  function sendFeather({ value }) {
    const width = Math.min(512, Math.max(0, Number(value) || 0));
    studio().act({ act: "feather", layer: controls().layer(), width });
  }

  function onInput({ target }) {
    if (!root()?.contains(target)) return;
    INPUTS[target.id]?.(target);
    if (target.dataset.look) neuralmasterLook.keepTints();
    const output = target.parentNode.querySelector("output");
    if (output) output.value = target.value;
  }

  function onChange({ target }) {
    if (!root()?.contains(target)) return;
    if (target.type === "file") return onFile(target);
    const param = target.closest("[data-param]");
    if (param) sendParam(param);
    else if (target.type === "radio") RADIOS[target.name]?.(target);
    else CHANGES[target.id]?.(target);
  }

  function sendParam(control) {
    if (!neuralmasterCanvas.isOpen()) return;
    const values = { [control.dataset.param]: neuralmasterParams.value(control) };
    studio().act({ act: "params", values });
  }

  function onFile(field) {
    const [file] = field.files;
    const isMask = field.closest("#nm_upload");
    field.value = ""; // the same file may be chosen again
    if (file && isMask) neuralmasterSources.uploadMask(file);
    else if (file) studio().open(file);
  }

  function take(event, files) {
    const picture = neuralmasterPictures.firstPicture(files);
    if (!picture || !isShown()) return;
    event.preventDefault();
    event.stopPropagation();
    studio().open(picture);
  }

  function onDragOver(event) {
    const isOurs = isShown() && Boolean(event.target.closest?.("#neuralmaster_studio"));
    if (isOurs) event.preventDefault();
    showDrop(isOurs && event.dataTransfer?.types.includes("Files"));
  }

  const showDrop = (isOn) => find(".nm-root")?.toggleAttribute("data-drop", Boolean(isOn));

  function onDrop(event) {
    showDrop(false);
    if (event.target.closest?.("#neuralmaster_studio")) take(event, event.dataTransfer?.files);
  }

  function onHold(event) {
    const isOn = event.type === "pointerdown";
    if (isOn && !event.target.closest?.("#nm_hold")) return;
    if (!isOn && !isHolding) return;
    isHolding = isOn;
    neuralmasterLook.showBefore(isOn);
  }
  let isHolding = false;

  function onHoldKey(event) {
    if (event.target.id !== "nm_hold" || ![" ", "Enter"].includes(event.key)) return;
    neuralmasterLook.showBefore(event.type === "keydown");
  }

  // The page is there, perhaps hidden in a tab: the panes are drawn as they get their size.
  function begin() {
    if (!find("#nm_canvas")) return setTimeout(begin, 100);
    neuralmasterLook.showTints();
    controls().showTool();
    new ResizeObserver(() => neuralmasterViews.changed()).observe(find("#nm_canvas"));
    find("#nm_canvas").addEventListener("nm-drawn", ({ detail }) => {
      const percent = detail * 100;
      const shown = percent < 10 ? percent.toFixed(1) : Math.round(percent);
      find("#nm_actual").textContent = `${shown}%`;
      neuralmasterBrush.drawCursor();
    });
    neuralmasterKeep.offerNewest();
    root().dataset.ready = "";
  }

  document.addEventListener("click", onClick);
  document.addEventListener("input", onInput);
  document.addEventListener("change", onChange);
  document.addEventListener("dragover", onDragOver, true);
  document.addEventListener("drop", onDrop, true);
  document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || showDrop(false));
  document.addEventListener("paste", (event) => take(event, event.clipboardData?.files), true);
  for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
    document.addEventListener(type, onHold);
  }
  for (const type of ["keydown", "keyup"]) document.addEventListener(type, onHoldKey);
  setTimeout(begin);
  return { isShown };
})();
