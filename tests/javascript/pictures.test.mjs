import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const pictures = load("pictures");

const image = (src, isVisible) => ({
  getAttribute: (name) => (name === "src" ? src : null),
  offsetParent: isVisible ? {} : null,
});

test("of dropped files the first picture is opened", () => {
  const files = ["text/plain", "image/png", "image/jpeg", ""].map((type) => ({ type }));
  assert.equal(pictures.firstPicture(files), files[1]);
  assert.equal(pictures.firstPicture([files[0], files[3]]), undefined);
  assert.equal(pictures.firstPicture([]), undefined);
  assert.equal(pictures.firstPicture(undefined), undefined);
});

test("the picture of the open tab is taken", () => {
  const [hidden, shown, other] = [image("a", false), image("b", true), image("c", true)];
  assert.equal(pictures.toTake([hidden, shown, other]), shown);
});

test("if no picture is visible, the first is taken", () => {
  const [one, other] = [image("a", false), image("b", false)];
  assert.equal(pictures.toTake([null, one, other]), one);
});

test("an image without a source is no picture, visible or not", () => {
  const hidden = image("a", false);
  assert.equal(pictures.toTake([image(null, true), image("", true), hidden]), hidden);
  assert.equal(pictures.toTake([null, undefined, image(null, true)]), undefined);
});

test("a data URL becomes a file of its name, type and bytes", async () => {
  const file = await pictures.asFile("data:image/png;base64,AAEC/w==", "mask.png");
  assert.equal(file.name, "mask.png");
  assert.equal(file.type, "image/png");
  assert.deepEqual([...new Uint8Array(await file.arrayBuffer())], [0, 1, 2, 255]);
});

test("a file is put into an input, which says so as if it had been chosen there", (context) => {
  class Transfer {
    files = [];
    items = { add: (file) => this.files.push(file) };
  }
  globalThis.DataTransfer = Transfer;
  context.after(() => delete globalThis.DataTransfer);
  const events = [];
  const input = { dispatchEvent: ({ type, bubbles }) => events.push([type, bubbles]) };
  const file = { name: "mask.png" };
  pictures.put(input, file);
  assert.deepEqual(input.files, [file]);
  assert.deepEqual(events, [
    ["input", true],
    ["change", true],
  ]);
});
