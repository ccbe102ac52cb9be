import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const outline = load("outline");
const RED = 0x80;
const GREEN = 0x8000;

// A mask whose red is marked where a row has "r", its green where it has "g", both where it has "b".
function mask(...rows) {
  const levels = { r: [255, 0], g: [0, 128], b: [128, 255], ".": [127, 127] };
  const data = rows.flatMap((row) => [...row].flatMap((sign) => [...levels[sign], 0, 255]));
  return { data: Uint8ClampedArray.from(data), width: rows[0].length, height: rows.length };
}

test("a pixel has four edges, each between it and the next", () => {
  assert.deepEqual(outline.edges(mask("...", ".r.", "..."), RED), [
    [1, 1, 2, 1],
    [1, 2, 2, 2],
    [1, 1, 1, 2],
    [2, 1, 2, 2],
  ]);
});

test("edges in a row are one line", () => {
  assert.deepEqual(outline.edges(mask("....", ".rr.", "...."), RED).slice(0, 2), [
    [1, 1, 3, 1],
    [1, 2, 3, 2],
  ]);
});

test("the border of the mask is no edge", () => {
  assert.deepEqual(outline.edges(mask("rr", "rr"), RED), []);
  assert.deepEqual(outline.edges(mask("r.", "r."), RED), [[1, 0, 1, 2]]);
  assert.deepEqual(outline.edges(mask("..", "rr"), RED), [[0, 1, 2, 1]]);
});

test("each layer has edges of its own", () => {
  const both = mask("rbg");
  assert.deepEqual(outline.edges(both, RED), [[2, 0, 2, 1]]);
  assert.deepEqual(outline.edges(both, GREEN), [[1, 0, 1, 1]]);
});
