// Mouse, pen and fingers over the two panes: one paints, two zoom and move.
globalThis.neuralmasterPointer ??= (() => {
  "use strict";
  const PINCH = 4; // times as much as a wheel's way
  const ERASER = 5; // the button that a pen's other end is (Pointer Events, table of buttons)
  const NEAR = 14; // CSS pixels from the compare line within which it is taken
  const fingers = new Map(); // pointerId: [x, y] in the pane
  let way = ""; // what the pointer does: "paint", "pan", "line" or "pinch"
  let hasPen = false; // then fingers do not paint: a hand lies on the screen
  let isOver = false; // whether the pointer is over a pane
  let isSpace = false; // held down
  let hasPanned = false; // since it is

  const canvas = () => neuralmasterCanvas;
  const brush = () => neuralmasterBrush;
  const paneOf = (event) => event.target.closest?.("#nm_canvas, #nm_stage");

  function placeIn(pane, { clientX, clientY }) {
    const box = pane.getBoundingClientRect();
    return [clientX - box.left - pane.clientLeft, clientY - box.top - pane.clientTop];
  }

  // With the pressure of a pen.
  function shareOf(pane, event) {
    const share = canvas().toShare(placeIn(pane, event));
    return event.pointerType === "pen" ? [...share, event.pressure] : share;
  }

  function onDown(event) {
    const pane = paneOf(event);
    if (!pane || !canvas().isOpen()) return;
    event.preventDefault();
    if (event.pointerType === "pen") hasPen = true;
    pane.setPointerCapture?.(event.pointerId);
    fingers.set(event.pointerId, placeIn(pane, event));
    if (fingers.size === 2) startPinch();
    else if (fingers.size === 1) startAlone(pane, event);
  }

  function startPinch() {
    brush().cancel();
    way = "pinch";
  }

  function startAlone(pane, event) {
    if (pane.id === "nm_canvas") pane.focus({ preventScroll: true });
    way = wayOf(pane, event);
    hasPanned ||= way === "pan";
    if (way === "pick") neuralmasterParams.pick(shareOf(pane, event));
    if (way !== "paint") return;
    brush().moveTo(shareOf(pane, event));
    brush().start(event.shiftKey, event.button === ERASER ? "erase" : undefined);
  }

  function wayOf(pane, event) {
    if (event.button === 1 || isSpace) return "pan";
    if (![0, ERASER].includes(event.button)) return "";
    if (neuralmasterParams.isPicking()) return "pick";
    return pane.id === "nm_stage" ? wayOnResult(pane, event) : wayOfPainter(event);
  }

  const wayOnResult = (pane, event) => (isNearLine(pane, event) ? "line" : "pan");
  const wayOfPainter = ({ pointerType }) => (hasPen && pointerType === "touch" ? "pan" : "paint");

  function isNearLine(pane, event) {
    const x = neuralmasterLook.cut() * pane.clientWidth;
    return Math.abs(placeIn(pane, event)[0] - x) <= NEAR;
  }

  function onMove(event) {
    const pane = paneOf(event);
    isOver = Boolean(pane);
    if (!canvas().isOpen()) return;
    const before = fingers.get(event.pointerId);
    if (pane && before) onDrag(pane, event, before);
    else if (!fingers.size) onHover(pane, event);
  }

  function onHover(pane, event) {
    if (pane?.id === "nm_canvas") brush().moveTo(shareOf(pane, event));
    else if (!brush().isDrawing()) brush().hide();
  }

  function onDrag(pane, event, before) {
    const after = placeIn(pane, event);
    if (way === "pinch") return onPinch(event.pointerId, after);
    fingers.set(event.pointerId, after);
    if (way === "pan") canvas().pan([after[0] - before[0], after[1] - before[1]]);
    if (way === "line") neuralmasterLook.setCut(after[0] / pane.clientWidth);
    if (way === "paint") onPaint(pane, event);
  }

  function onPaint(pane, event) {
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) brush().moveTo(shareOf(pane, part));
  }

  function onPinch(id, after) {
    const before = [...fingers.values()].slice(0, 2);
    fingers.set(id, after);
    canvas().pinch(before, [...fingers.values()].slice(0, 2));
  }

  function onUp(event) {
    if (!fingers.delete(event.pointerId)) return;
    end(event.type);
    if (event.pointerType === "touch") brush().hide();
  }

  // The second finger of a pinch does nothing more when the first has left.
  function end(type) {
    if (type === "pointercancel") brush().cancel();
    else if (way === "paint") brush().finish();
    way = "";
  }

  function onWheel(event) {
    const pane = paneOf(event);
    if (!pane || !canvas().isOpen()) return;
    event.preventDefault();
    if (event.ctrlKey && neuralmasterKeys.isControlDown()) {
      neuralmasterControls.resizeBrush(event.deltaY < 0 ? 1 : -1);
    } else {
      canvas().zoom(wheelFactor(event), placeIn(pane, event));
    }
  }

  // A trackpad's pinch comes as a small wheel with Ctrl that nobody presses.
  function wheelFactor({ deltaY, deltaMode, ctrlKey }) {
    return neuralmasterGeometry.wheelFactor(ctrlKey ? deltaY * PINCH : deltaY, deltaMode);
  }

  // Whether the space key, now released, has not moved the picture: then it is a key to paint with.
  function releaseSpace() {
    const isTap = isSpace && !hasPanned;
    isSpace = hasPanned = false;
    return isTap;
  }

  function holdSpace() {
    isSpace = true;
  }

  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove);
  document.addEventListener("pointerup", onUp);
  document.addEventListener("pointercancel", onUp);
  document.addEventListener("wheel", onWheel, { passive: false });
  return { holdSpace, releaseSpace, isOver: () => isOver, isSpaceDown: () => isSpace };
})();
