import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const strokes = load("strokes");

const close = (found, expected) => {
  assert.equal(found.length, expected.length);
  for (const [k, value] of expected.entries()) assert.ok(Math.abs(found[k] - value) < 1e-12);
};

test("a place is a share of the canvas, wherever that lies in the window", () => {
  const box = { left: 10, top: 20, width: 200, height: 100 };
  assert.deepEqual(strokes.placeIn(box, 10, 20), [0, 0]);
  assert.deepEqual(strokes.placeIn(box, 60, 95), [0.25, 0.75]);
  assert.deepEqual(strokes.placeIn(box, 210, 120), [1, 1]);
  assert.deepEqual(strokes.placeIn(box, 0, 130), [-0.05, 1.1]);
});

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

test("a stroke is what Python reads: layer, tool, brush as a share, points", () => {
  assert.deepEqual(strokes.started("source", "strokes", 16, [0.1, 0.2]), {
    layer: "source",
    tool: "strokes",
    brush: 0.16,
    points: [[0.1, 0.2]],
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

test("pixels: x by the width, y by the height, a brush by the longer side", () => {
  const points = [
    [0.25, 0.5],
    [1, 0],
  ];
  assert.deepEqual(strokes.toPixels(points, 400, 200), [
    [100, 100],
    [400, 0],
  ]);
  assert.equal(strokes.brushPixels(0.1, 400, 200), 40);
  assert.equal(strokes.brushPixels(0.1, 200, 400), 40);
});

test("nothing is sent while nothing waits", () => {
  const queue = strokes.newQueue();
  assert.equal(strokes.claim(queue, 0), false);
  assert.equal(queue.busyUntil, 0);
});

test("strokes drawn before the answer wait for it, and none is lost", () => {
  const queue = strokes.newQueue();
  const [first, second, third] = ["a", "b", "c"].map((name) => ({ name }));
  queue.waiting.push(first);
  assert.equal(strokes.claim(queue, 100), true);
  queue.waiting.push(second); // between the click and the event that takes the strokes
  assert.equal(strokes.take(queue), '[{"name":"a"},{"name":"b"}]');
  queue.waiting.push(third);
  assert.deepEqual(queue.sent, [first, second]);
  assert.equal(strokes.claim(queue, 200), false);
  strokes.done(queue);
  assert.deepEqual(queue, { sent: [], waiting: [third], busyUntil: 0 });
  assert.equal(strokes.claim(queue, 200), true);
  assert.equal(strokes.take(queue), '[{"name":"c"}]');
});

test("a lost answer blocks the queue for 20 seconds and no longer", () => {
  const queue = strokes.newQueue();
  queue.waiting.push({});
  assert.equal(strokes.claim(queue, 1000), true);
  assert.equal(strokes.claim(queue, 20999), false);
  assert.equal(strokes.claim(queue, 21000), true);
});

test("two queues share nothing", () => {
  const queue = strokes.newQueue();
  queue.waiting.push({});
  assert.deepEqual(strokes.newQueue().waiting, []);
});
