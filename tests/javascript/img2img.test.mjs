import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const img2img = load("img2img");

globalThis.FocusEvent ??= class extends Event {};
globalThis.MouseEvent ??= class extends Event {};
globalThis.window = { scrollTo: () => {} };
globalThis.neuralmasterPictures = {
  asFile: async (url, name) => ({ url, name }),
  put: (input, file) => {
    input.file = file;
  },
};

const JOB = { image: "the image", mask: "the mask", width: 640, height: 512, params: {} };
const CONTENT = "#img2img_inpainting_fill";

// A page of img2img: what its selectors find, and what is done with it.
function page(more) {
  const done = [];
  const field = (name) => {
    const target = new EventTarget();
    for (const type of ["input", "change"]) {
      target.addEventListener(type, () => done.push(`${name} ${type} ${target.value}`));
    }
    return target;
  };
  const found = {
    "#img2img_width input[type=number]": field("width"),
    "#img2img_height input[type=number]": field("height"),
    "#img_inpaint_base input[type=file]": {},
    "#img_inpaint_mask input[type=file]": {},
    "#img_inpaint_base img": {},
    "#img_inpaint_mask img": {},
    ...more(done, field),
  };
  globalThis.gradioApp = () => ({
    querySelector: (selector) => found[selector] ?? null,
    querySelectorAll: (selector) => found[`all ${selector}`] ?? [],
  });
  return { done, found };
}

const label = (done, text) => ({ textContent: ` ${text} `, click: () => done.push(text) });
const radio = (done) => ({
  [`all ${CONTENT} label`]: [label(done, "original"), label(done, "NeuralMaster")],
});
const SIZE = ["width input 640", "width change 640", "height input 512", "height change 512"];

test("the size is set first, then the pictures, then NeuralMaster is chosen from the radio", async () => {
  const { done, found } = page(radio);
  assert.deepEqual(await img2img.send(JOB), []);
  assert.deepEqual(done, [...SIZE, "NeuralMaster"]);
  const [base, mask] = ["base", "mask"].map(
    (name) => found[`#img_inpaint_${name} input[type=file]`],
  );
  assert.deepEqual(base.file, { url: "the image", name: "img_inpaint_base.png" });
  assert.deepEqual(mask.file, { url: "the mask", name: "img_inpaint_mask.png" });
});

test("from a Dropdown it is picked: the list is there once the field has focus", async () => {
  const { done, found } = page(() => ({ [`${CONTENT} input`]: new EventTarget() }));
  const items = ["original", "NeuralMaster"].map((name) => [name, new EventTarget()]);
  for (const [name, item] of items) {
    item.addEventListener("mousedown", ({ bubbles }) => done.push(`${name} ${bubbles}`));
  }
  found[`${CONTENT} input`].addEventListener("focus", () => {
    const open = items.map(([name, item]) => [`${CONTENT} li[aria-label="${name}"]`, item]);
    setTimeout(() => Object.assign(found, Object.fromEntries(open)));
  });
  assert.deepEqual(await img2img.send(JOB), []);
  assert.deepEqual(done, [...SIZE, "NeuralMaster true"]);
});

test("parameters go to what the panel has for them; the others are named", async () => {
  const { done } = page((done, field) => ({
    ...radio(done),
    "#neuralmaster_grain input[type=number]": field("grain"),
    "#neuralmaster_colour input:is([type=color], [type=text])": field("colour"),
    "all #neuralmaster_method label": [label(done, "context"), label(done, "texture")],
  }));
  const params = { grain: 0.5, method: "texture", colour: "#b2543a", seed: 7, match: "none" };
  assert.deepEqual(await img2img.send({ ...JOB, params }), ["seed", "match"]);
  assert.deepEqual(done.slice(SIZE.length + 1), [
    "grain input 0.5",
    "grain change 0.5",
    "texture",
    "colour input #b2543a",
    "colour change #b2543a",
  ]);
});
