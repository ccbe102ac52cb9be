// Strokes of the studio's brush: nothing of the page.
// Places are [x, y] as shares of the picture, 0..1 within it, or [x, y, pressure] of a pen; a brush
// is its diameter in pixels of the picture.
globalThis.neuralmasterStrokes ??= (() => {
  "use strict";
  const STEP = 0.01; // the way of the brush at one press of an arrow key
  const FAST = 5; // steps at one press with Shift
  const GROWTH = 1.15; // of a brush at one step
  const TICKS = 1000; // of the slider of the brush
  const DIGITS = 1e6; // of a share: a hundredth of a pixel in the largest picture
  const MIDDLE = [0.5, 0.5];
  const ARROWS = new Map([
    ["ArrowLeft", [-1, 0]],
    ["ArrowRight", [1, 0]],
    ["ArrowUp", [0, -1]],
    ["ArrowDown", [0, 1]],
  ]);

  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

  // The place after an arrow key was pressed; null if it was another key.
  function moved(place, key, isFast) {
    const arrow = ARROWS.get(key);
    if (!arrow) return null;
    const step = STEP * (isFast ? FAST : 1);
    return (place ?? MIDDLE).slice(0, 2).map((at, axis) => clamp(at + step * arrow[axis], 0, 1));
  }

  function started(layer, tool, brush, place) {
    return { layer, tool, brush, points: [place] };
  }

  // A box is two opposite corners, any other stroke each place on its way.
  function extend(stroke, place, isBox) {
    if (isBox) stroke.points = [stroke.points[0], place.slice(0, 2)];
    else stroke.points.push(alike(stroke, place));
  }

  // With a pressure if the stroke has one, and only then.
  function alike({ points: [first] }, place) {
    return first.length === 3 ? [...place.slice(0, 2), place[2] ?? first[2]] : place.slice(0, 2);
  }

  // As Python reads it (neuralmaster/studio/canvas.py). size: of the picture.
  function act(stroke, { width, height }) {
    const shorten = (share) => Math.round(share * DIGITS) / DIGITS;
    return {
      act: "stroke",
      layer: stroke.layer,
      tool: stroke.tool,
      brush: stroke.brush / Math.max(width, height),
      points: stroke.points.map((point) => point.map(shorten)),
    };
  }

  // The next brush of `steps` steps more, in whole pixels, from 1 to `most`.
  function resized(brush, steps, most) {
    const grown = brush * GROWTH ** steps;
    const next = steps > 0 ? Math.max(brush + 1, grown) : Math.min(brush - 1, grown);
    return clamp(Math.round(next), 1, most);
  }

  // The slider's ticks grow with the logarithm of the brush.
  function toTick(brush, most) {
    return most > 1 ? Math.round((TICKS * Math.log(brush)) / Math.log(most)) : 0;
  }

  function fromTick(tick, most) {
    return clamp(Math.round(most ** (tick / TICKS)), 1, most);
  }

  // What a tool's brush begins with. size: of the picture; isThin: its strokes find objects.
  function firstBrush({ width, height }, isThin) {
    return Math.max(1, Math.round(Math.max(width, height) * (isThin ? 0.006 : 0.12)));
  }

  function toPixels(points, width, height) {
    return points.map(([x, y]) => [x * width, y * height]);
  }

  // A stroke of changing width as polygons and circles, all of the same sense of rotation, so that
  // together they can be filled once. In: pixels and radii. Out: { circles, quads }.
  function tapered(points, radii) {
    const quads = [];
    for (let k = 1; k < points.length; k++) {
      const [[x, y], [toX, toY]] = [points[k - 1], points[k]];
      const length = Math.hypot(toX - x, toY - y);
      if (!length) continue;
      const [acrossX, acrossY] = [-(toY - y) / length, (toX - x) / length];
      const corner = (cx, cy, radius) => [cx + acrossX * radius, cy + acrossY * radius];
      quads.push([
        corner(x, y, -radii[k - 1]),
        corner(toX, toY, -radii[k]),
        corner(toX, toY, radii[k]),
        corner(x, y, radii[k - 1]),
      ]);
    }
    return { circles: points.map(([x, y], k) => [x, y, radii[k]]), quads };
  }

  return {
    MIDDLE,
    act,
    extend,
    firstBrush,
    fromTick,
    moved,
    resized,
    started,
    tapered,
    toPixels,
    toTick,
  };
})();
