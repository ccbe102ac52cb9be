import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const geometry = load("geometry");
const PICTURE = { width: 400, height: 200 };
const PANE = { width: 200, height: 200 };

test("a picture is fitted: the whole of it, in the middle, as large as can be", () => {
  assert.deepEqual(geometry.fit(PICTURE, PANE), { scale: 0.5, x: 200, y: 100 });
  assert.deepEqual(geometry.fit({ width: 10, height: 40 }, PANE), { scale: 5, x: 5, y: 20 });
});

test("places of the pane and of the picture", () => {
  const view = { scale: 2, x: 50, y: 40 };
  assert.deepEqual(geometry.toPane(view, PANE, [50, 40]), [100, 100]);
  assert.deepEqual(geometry.toPane(view, PANE, [60, 30]), [120, 80]);
  assert.deepEqual(geometry.toPicture(view, PANE, [120, 80]), [60, 30]);
});

test("what is under the pointer stays there when it is zoomed", () => {
  const view = { scale: 2, x: 200, y: 100 };
  const at = [30, 170];
  const before = geometry.toPicture(view, PANE, at);
  const after = geometry.zoomed(view, PICTURE, PANE, at, 1.5);
  assert.equal(after.scale, 3);
  const place = geometry.toPicture(after, PANE, at);
  assert.ok(Math.hypot(place[0] - before[0], place[1] - before[1]) < 1e-9);
});

test("it is zoomed no further than makes sense, and never beyond the picture", () => {
  const fit = geometry.fit(PICTURE, PANE);
  assert.equal(geometry.zoomed(fit, PICTURE, PANE, [0, 0], 1e9).scale, 64);
  const small = geometry.zoomed(fit, PICTURE, PANE, [0, 0], 1e-9);
  assert.deepEqual(small, { scale: 0.25, x: 200, y: 100 });
});

test("a picture that is larger than the pane fills it; a smaller one is in the middle", () => {
  const moved = geometry.panned({ scale: 1, x: 200, y: 100 }, PICTURE, PANE, [1000, 1000]);
  assert.deepEqual(moved, { scale: 1, x: 100, y: 100 });
  const other = geometry.panned({ scale: 1, x: 200, y: 100 }, PICTURE, PANE, [-1000, 0]);
  assert.deepEqual(other, { scale: 1, x: 300, y: 100 });
  const way = geometry.panned({ scale: 2, x: 200, y: 100 }, PICTURE, PANE, [10, -6]);
  assert.deepEqual(way, { scale: 2, x: 195, y: 103 });
});

test("two fingers carry the picture with them", () => {
  const view = { scale: 2, x: 200, y: 100 };
  const before = [
    [50, 100],
    [150, 100],
  ];
  const after = [
    [20, 110],
    [180, 110],
  ];
  const pinched = geometry.pinched(view, PICTURE, PANE, before, after);
  assert.equal(pinched.scale, 3.2);
  for (const finger of [0, 1]) {
    const from = geometry.toPicture(view, PANE, before[finger]);
    const to = geometry.toPicture(pinched, PANE, after[finger]);
    assert.ok(Math.hypot(from[0] - to[0], from[1] - to[1]) < 1e-9);
  }
});

test("the part in view, in whole pixels of the picture", () => {
  const view = { scale: 3, x: 200, y: 100 };
  const box = { left: 166, upper: 66, right: 234, lower: 134 };
  assert.deepEqual(geometry.visible(view, PICTURE, PANE), box);
  const all = { left: 0, upper: 0, right: 400, lower: 200 };
  assert.deepEqual(geometry.visible(geometry.fit(PICTURE, PANE), PICTURE, PANE), all);
  assert.equal(geometry.visible({ scale: 1, x: 9999, y: 0 }, PICTURE, PANE), null);
});

test("a part is wanted in the screen's pixels, or in its own if those are fewer", () => {
  const box = { left: 100, upper: 50, right: 300, lower: 150 };
  assert.deepEqual(geometry.wanted(box, 0.5, 1, 4096), { width: 100, height: 50 });
  assert.deepEqual(geometry.wanted(box, 0.5, 2, 4096), { width: 200, height: 100 });
  assert.deepEqual(geometry.wanted(box, 8, 1, 4096), { width: 200, height: 100 });
  assert.deepEqual(geometry.wanted(box, 8, 1, 150), { width: 150, height: 100 });
});

test("of the copies of a picture the smallest that is sharp is drawn", () => {
  assert.equal(geometry.halvings(1, 1, 5), 0);
  assert.equal(geometry.halvings(0.5, 1, 5), 1);
  assert.equal(geometry.halvings(0.3, 1, 5), 1);
  assert.equal(geometry.halvings(0.25, 2, 5), 1);
  assert.equal(geometry.halvings(0.01, 1, 3), 3);
  assert.equal(geometry.halvings(9, 1, 3), 0);
});

test("a wheel zooms in when it is turned away, by the same for lines and pixels", () => {
  assert.equal(geometry.wheelFactor(-400, 0), Math.E);
  assert.equal(geometry.wheelFactor(-25, 1), Math.E);
  assert.equal(geometry.wheelFactor(1e6, 0), 1 / Math.E);
});

test("a part that shows all of a box, or not", () => {
  const part = { left: 10, upper: 10, right: 20, lower: 20 };
  assert.equal(geometry.within({ left: 10, upper: 10, right: 20, lower: 20 }, part), true);
  for (const [side, at] of Object.entries({ left: 9, upper: 9, right: 21, lower: 21 })) {
    assert.equal(geometry.within({ ...part, [side]: at }, part), false);
  }
});
