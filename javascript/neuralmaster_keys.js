// The studio's keys. They mean something while the canvas has the focus, the pointer is over a pane, or a
// control was clicked last, and nothing within a field; those of undo and redo wherever the studio is to
// be seen.
globalThis.neuralmasterKeys ??= (() => {
  "use strict";
  const WORK = new Set([" ", "Enter", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);
  let isControl = false;
  let isByPointer = false; // whether what has the focus was clicked

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);
  const isShown = () => Boolean(document.querySelector("#neuralmaster_studio")?.offsetParent);
  const isField = (target) =>
    target.matches?.("textarea, select, [contenteditable], input:not([type=range], [type=radio])");
  const isDialog = () => Boolean(document.querySelector("#neuralmaster_studio dialog[open]"));

  // On a button or a slider that was reached by the keyboard, the keys that work it are its own.
  function isOurs({ key, target }) {
    if (target.closest?.("#nm_canvas")) return true;
    if (!isByPointer && WORK.has(key) && target.closest?.("button, summary, input, a"))
      return false;
    const isClicked = isByPointer && !WORK.has(key) && target.closest?.("#neuralmaster_studio");
    return target === document.body || neuralmasterPointer.isOver() || Boolean(isClicked);
  }

  const press = (id) => () => find(`#${id}`).click();
  const KEYS = {
    "[": () => neuralmasterControls.resizeBrush(-1),
    "]": () => neuralmasterControls.resizeBrush(1),
    "+": () => neuralmasterCanvas.zoom(neuralmasterGeometry.STEP),
    "=": () => neuralmasterCanvas.zoom(neuralmasterGeometry.STEP),
    "-": () => neuralmasterCanvas.zoom(1 / neuralmasterGeometry.STEP),
    0: press("nm_fit"),
    1: press("nm_actual"),
    "?": press("nm_help"),
    f: press("nm_full"),
    x: () => neuralmasterControls.swapLayers(),
    h: () => neuralmasterLook.hideMask(true),
    c: () => neuralmasterLook.showBefore(true),
    Escape: () => neuralmasterBrush.cancel(),
  };
  const RELEASED = {
    h: () => neuralmasterLook.hideMask(false),
    c: () => neuralmasterLook.showBefore(false),
  };

  function onDown(event) {
    isControl = event.ctrlKey || event.metaKey;
    if (!isShown() || isField(event.target) || isDialog()) return;
    const isUsed = isControl ? ofHistory(event) : !event.altKey && isOurs(event) && alone(event);
    if (isUsed) event.preventDefault();
  }

  function ofHistory(event) {
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return false;
    find(key === "y" || event.shiftKey ? "#nm_redo" : "#nm_undo").click();
    return true;
  }

  // Whether the key means something.
  function alone(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === " ") return holdSpace(event);
    if (event.target.closest?.("#nm_canvas") && paint(event)) return true;
    const run = KEYS[key] ?? neuralmasterControls.keyOfTool(key);
    if (run) run();
    return Boolean(run);
  }

  function holdSpace(event) {
    if (!event.repeat) neuralmasterPointer.holdSpace();
    return true;
  }

  function paint({ key, shiftKey }) {
    if (!neuralmasterCanvas.isOpen()) return false;
    if (key === "Enter") startOrFinish();
    else return neuralmasterBrush.moveBy(key, shiftKey);
    return true;
  }

  function startOrFinish() {
    if (neuralmasterBrush.isDrawing()) neuralmasterBrush.finish();
    else neuralmasterBrush.start();
  }

  function onUp(event) {
    isControl = event.ctrlKey || event.metaKey;
    RELEASED[event.key.toLowerCase()]?.();
    if (event.key !== " ") return;
    if (neuralmasterPointer.isSpaceDown()) event.preventDefault(); // no button is meant
    const isTap = neuralmasterPointer.releaseSpace();
    if (isTap && event.target.closest?.("#nm_canvas") && neuralmasterCanvas.isOpen())
      startOrFinish();
  }

  const watch = (event) => {
    isByPointer = event.type === "pointerdown" || (isByPointer && event.key !== "Tab");
    find(".nm-root")?.toggleAttribute("data-pointer", isByPointer); // no frame round a painter's canvas
  };
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, watch, true);
  document.addEventListener("keydown", onDown);
  document.addEventListener("keyup", onUp);
  window.addEventListener("blur", () => {
    isControl = false;
    neuralmasterPointer.releaseSpace();
  });
  return { isControlDown: () => isControl };
})();
