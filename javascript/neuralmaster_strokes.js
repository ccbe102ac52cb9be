// Strokes of the studio's brush, and the queue in which they wait for Python: nothing of the page.
// Places are [x, y] as shares of the picture, 0..1 within it; a brush is its diameter as a share
// of the picture's longer side.
globalThis.neuralmasterStrokes ??= (() => {
  "use strict";
  const TIMEOUT = 20000; // milliseconds after which a lost answer no longer blocks the queue
  const STEP = 0.01; // the way of the brush at one press of an arrow key
  const FAST = 5; // steps at one press with Shift
  const MIDDLE = [0.5, 0.5];
  const ARROWS = new Map([
    ["ArrowLeft", [-1, 0]],
    ["ArrowRight", [1, 0]],
    ["ArrowUp", [0, -1]],
    ["ArrowDown", [0, 1]],
  ]);

  // box: where the canvas lies in the window, as of getBoundingClientRect
  function placeIn(box, clientX, clientY) {
    return [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
  }

  // The place after an arrow key was pressed; null if it was another key.
  function moved(place, key, isFast) {
    const arrow = ARROWS.get(key);
    if (!arrow) return null;
    const step = STEP * (isFast ? FAST : 1);
    return (place ?? MIDDLE).map((at, axis) => Math.min(1, Math.max(0, at + step * arrow[axis])));
  }

  // The new stroke as Python reads it (neuralmaster/studio/canvas.py).
  function started(layer, tool, percent, place) {
    return { layer, tool, brush: percent / 100, points: [place] };
  }

  // A box is two opposite corners, any other stroke each place on its way.
  function extend(stroke, place, isBox) {
    if (isBox) stroke.points = [stroke.points[0], place];
    else stroke.points.push(place);
  }

  function toPixels(points, width, height) {
    return points.map(([x, y]) => [x * width, y * height]);
  }

  function brushPixels(brush, width, height) {
    return brush * Math.max(width, height);
  }

  // sent: strokes that the pictures do not show yet; waiting: those that are not sent yet
  function newQueue() {
    return { sent: [], waiting: [], busyUntil: 0 };
  }

  // Whether the waiting strokes may be sent now; if so, the queue is busy until `done` or TIMEOUT.
  function claim(queue, now) {
    if (now < queue.busyUntil || !queue.waiting.length) return false;
    queue.busyUntil = now + TIMEOUT;
    return true;
  }

  // What is sent to Python: the waiting strokes as JSON.
  function take(queue) {
    queue.sent = queue.waiting;
    queue.waiting = [];
    return JSON.stringify(queue.sent);
  }

  function done(queue) {
    queue.sent = [];
    queue.busyUntil = 0;
  }

  return {
    MIDDLE,
    brushPixels,
    done,
    extend,
    claim,
    moved,
    newQueue,
    placeIn,
    started,
    take,
    toPixels,
  };
})();
