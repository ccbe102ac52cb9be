import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const tint = load("tint");
const plain = (colour, opacity) => ({ colour, opacity, outline: false });
const LOOK = { inpaint: plain("#ff0000", 50), source: plain("#00ff00", 20) };

// A mask of rows of [red, green].
const mask = (...rows) =>
  Uint8ClampedArray.from(rows.flat().flatMap(([red, green]) => [red, green, 0, 255]));
const at = (pixels, k) => [...pixels.slice(4 * k, 4 * k + 4)];

test("each layer has its colour and its opacity", () => {
  const shown = tint.tinted(
    mask([
      [255, 0],
      [0, 255],
      [0, 0],
    ]),
    3,
    LOOK,
  );
  assert.deepEqual(at(shown, 0), [255, 0, 0, 128]);
  assert.deepEqual(at(shown, 1), [0, 255, 0, 51]);
  assert.deepEqual(at(shown, 2), [0, 0, 0, 0]);
});

test("where both are marked only the region is seen", () => {
  const shown = tint.tinted(
    mask([
      [255, 255],
      [0, 0],
    ]),
    2,
    LOOK,
  );
  assert.deepEqual(at(shown, 0), [255, 0, 0, 128]);
});

test("a gradient is tinted less where it is less", () => {
  const [, , , strong] = at(tint.tinted(mask([[255, 0]]), 1, LOOK), 0);
  const [, , , weak] = at(tint.tinted(mask([[64, 0]]), 1, LOOK), 0);
  assert.deepEqual([strong, weak], [128, 32]);
});

test("an object that is the whole picture is not tinted", () => {
  const shown = tint.tinted(
    mask([
      [0, 255],
      [0, 250],
    ]),
    2,
    LOOK,
  );
  assert.deepEqual(at(shown, 0), [0, 0, 0, 0]);
});

test("an outline is the innermost row of what is marked, and none at the picture's border", () => {
  const look = { inpaint: { colour: "#0000ff", opacity: 0, outline: true }, source: LOOK.source };
  const full = [255, 0];
  const none = [0, 0];
  const shown = tint.tinted(
    mask([full, full, full, none], [full, full, full, none], [full, full, full, none]),
    4,
    look,
  );
  const blue = [0, 0, 255, 255];
  const empty = [0, 0, 0, 0];
  const row = [empty, empty, blue, empty];
  assert.deepEqual(
    [0, 1, 2, 3].map((k) => at(shown, k)),
    row,
  );
  assert.deepEqual(
    [8, 9, 10, 11].map((k) => at(shown, k)),
    row,
  );
});

test("the fill shows as strongly as red and green say, the WebUI's wherever red is", () => {
  const marks = mask([
    [255, 255],
    [255, 128],
    [191, 255],
    [128, 255],
    [127, 255],
    [255, 0],
    [1, 0],
    [0, 255],
  ]);
  const opacities = (pixels) => [0, 1, 2, 3, 4, 5, 6, 7].map((k) => at(pixels, k)[3]);
  assert.deepEqual(opacities(tint.weight(marks)), [255, 128, 127, 1, 0, 0, 0, 0]);
  assert.deepEqual(opacities(tint.region(marks)), [255, 255, 255, 255, 255, 255, 255, 0]);
});

test("of a look that was kept only what is valid counts", () => {
  assert.deepEqual(tint.checked(null), tint.LOOK);
  const kept = tint.checked({
    inpaint: { colour: "#123abc", opacity: 101, outline: "yes", other: 1 },
    source: { colour: "red", opacity: 0, outline: false },
  });
  assert.deepEqual(kept.inpaint, { ...tint.LOOK.inpaint, colour: "#123abc" });
  assert.deepEqual(kept.source, { ...tint.LOOK.source, opacity: 0, outline: false });
  assert.deepEqual(tint.levels("#123abc"), [0x12, 0x3a, 0xbc]);
});
