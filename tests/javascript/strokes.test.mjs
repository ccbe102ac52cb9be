import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const strokes = load("strokes");

const close = (found, expected) => {
  assert.equal(found.length, expected.length);
  for (const [k, value] of expected.entries()) assert.ok(Math.abs(found[k] - value) < 1e-12);
};

test("arrow keys move the brush by 1% of the picture, with Shift by 5%", () => {
  close(strokes.moved([0.5, 0.5], "ArrowLeft", false), [0.49, 0.5]);
  close(strokes.moved([0.5, 0.5], "ArrowRight", false), [0.51, 0.5]);
  close(strokes.moved([0.5, 0.5], "ArrowUp", true), [0.5, 0.45]);
  close(strokes.moved([0.5, 0.5], "ArrowDown", true), [0.5, 0.55]);
});

test("arrow keys begin in the middle and stop at the edge", () => {
  close(strokes.moved(null, "ArrowRight", false), [0.51, 0.5]);
  assert.deepEqual(strokes.moved([0.005, 1], "ArrowLeft", false), [0, 1]);
  assert.deepEqual(strokes.moved([0.3, 0.98], "ArrowDown", true), [0.3, 1]);
  assert.deepEqual(strokes.MIDDLE, [0.5, 0.5]);
});

test("other keys do not move the brush", () => {
  for (const key of ["Enter", " ", "Escape", "a", "constructor"]) {
    assert.equal(strokes.moved([0.5, 0.5], key, false), null, key);
  }
});

test("a stroke is what Python reads: layer, tool, brush as a share of the longer side, points", () => {
  const stroke = strokes.started("source", "strokes", 16, [0.1, 0.2]);
  strokes.extend(stroke, [1 / 3, 0.25], false);
  assert.deepEqual(strokes.act(stroke, { width: 100, height: 200 }), {
    act: "stroke",
    layer: "source",
    tool: "strokes",
    brush: 0.08,
    points: [
      [0.1, 0.2],
      [0.333333, 0.25],
    ],
  });
});

test("a stroke keeps every place, a box its first and its last", () => {
  const painted = strokes.started("inpaint", "paint", 10, [0, 0]);
  const box = strokes.started("inpaint", "box", 10, [0, 0]);
  for (const place of [
    [0.1, 0.1],
    [0.2, 0.3],
    [0.4, 0.5],
  ]) {
    strokes.extend(painted, place, false);
    strokes.extend(box, place, true);
  }
  assert.deepEqual(painted.points, [
    [0, 0],
    [0.1, 0.1],
    [0.2, 0.3],
    [0.4, 0.5],
  ]);
  assert.deepEqual(box.points, [
    [0, 0],
    [0.4, 0.5],
  ]);
});

test("a stroke has a pressure at each place or at none", () => {
  const pen = strokes.started("inpaint", "paint", 10, [0, 0, 0.5]);
  strokes.extend(pen, [0.1, 0.1, 0.7], false);
  strokes.extend(pen, [0.2, 0.2], false);
  assert.deepEqual(pen.points, [
    [0, 0, 0.5],
    [0.1, 0.1, 0.7],
    [0.2, 0.2, 0.5],
  ]);
  const mouse = strokes.started("inpaint", "paint", 10, [0, 0]);
  strokes.extend(mouse, [0.1, 0.1, 0.7], false);
  assert.deepEqual(mouse.points[1], [0.1, 0.1]);
});

test("a brush grows and shrinks by a step, from one pixel on", () => {
  assert.equal(strokes.resized(1, 1, 4000), 2);
  assert.equal(strokes.resized(2, -1, 4000), 1);
  assert.equal(strokes.resized(1, -1, 4000), 1);
  assert.equal(strokes.resized(100, 1, 4000), 115);
  assert.equal(strokes.resized(115, -1, 4000), 100);
  assert.equal(strokes.resized(3900, 1, 4000), 4000);
});

test("the slider of the brush reaches from one pixel to the whole picture", () => {
  assert.deepEqual(
    [1, 2, 63, 4000].map((brush) => strokes.toTick(brush, 4000)),
    [0, 84, 500, 1000],
  );
  for (const brush of [1, 10, 100, 4000]) {
    const back = strokes.fromTick(strokes.toTick(brush, 4000), 4000);
    assert.ok(Math.abs(back - brush) <= brush * 0.01, `${brush} ${back}`);
  }
  assert.equal(strokes.toTick(1, 1), 0);
  assert.equal(strokes.fromTick(1000, 1), 1);
});

test("a brush begins as a share of the picture, and thin where strokes find an object", () => {
  assert.equal(strokes.firstBrush({ width: 1000, height: 500 }, false), 120);
  assert.equal(strokes.firstBrush({ width: 1000, height: 500 }, true), 6);
  assert.equal(strokes.firstBrush({ width: 3, height: 2 }, true), 1);
});

test("pixels: x by the width, y by the height", () => {
  const points = [
    [0.25, 0.5],
    [1, 0, 0.3],
  ];
  assert.deepEqual(strokes.toPixels(points, 400, 200), [
    [100, 100],
    [400, 0],
  ]);
});

test("a pen's stroke is circles, and quads between them, all turning the same way", () => {
  const { circles, quads } = strokes.tapered(
    [
      [0, 0],
      [10, 0],
      [10, 0],
      [10, 10],
    ],
    [1, 2, 3, 4],
  );
  assert.deepEqual(circles[3], [10, 10, 4]);
  assert.equal(circles.length, 4);
  assert.equal(quads.length, 2); // none between two places that are the same
  const area = (corners) =>
    corners.reduce((sum, [x, y], k) => {
      const [toX, toY] = corners[(k + 1) % corners.length];
      return sum + (x * toY - y * toX) / 2;
    }, 0);
  assert.deepEqual(quads.map(area), [30, 70]);
});
