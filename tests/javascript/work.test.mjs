import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const work = load("work");
const stroke = (name) => ({ act: "stroke", name });

function of(...acts) {
  const made = work.newWork();
  for (const act of acts) work.add(made, act);
  return made;
}

test("acts are sent from the first that is not done", () => {
  const made = of(stroke("a"), stroke("b"));
  assert.deepEqual(work.message(made), { first: 0, acts: [stroke("a"), stroke("b")] });
  work.add(made, stroke("c"));
  work.confirmed(made, 2);
  assert.equal(work.isDone(made), false);
  assert.deepEqual(work.message(made), { first: 2, acts: [stroke("c")] });
  work.confirmed(made, 3);
  assert.equal(work.isDone(made), true);
});

test("what has no answer is sent again, with the same numbers", () => {
  const made = of(stroke("a"));
  const first = work.message(made);
  work.add(made, stroke("b"));
  assert.deepEqual(work.message(made), { first: 0, acts: [...first.acts, stroke("b")] });
});

test("an answer that comes late takes nothing back", () => {
  const made = of(stroke("a"), stroke("b"));
  work.confirmed(made, 2);
  work.confirmed(made, 1);
  assert.equal(work.isDone(made), true);
});

test("only the strokes that are not done are drawn over the picture", () => {
  const made = of(stroke("a"), { act: "find" }, stroke("b"));
  work.message(made);
  assert.deepEqual(work.pendingStrokes(made), [stroke("a"), stroke("b")]);
  work.confirmed(made, 1);
  assert.deepEqual(work.pendingStrokes(made), [stroke("b")]);
});

test("a stroke that is undone before it is drawn is not pending", () => {
  const [undo, redo] = [{ act: "undo" }, { act: "redo" }];
  const pending = (...acts) => work.pendingStrokes(of(...acts));
  const [a, b] = ["a", "b"].map(stroke);
  assert.deepEqual(pending(a, undo), []);
  assert.deepEqual(pending(a, b, undo), [a]);
  assert.deepEqual(pending(a, b, undo, undo, redo), [a]);
  assert.deepEqual(pending(a, undo, b, redo), [b]); // after a new stroke there is nothing to redo
  assert.deepEqual(pending(a, { act: "find" }, undo), [a]);
  assert.deepEqual(pending(a, { act: "feather" }, undo), []);
  assert.deepEqual(pending(undo, a), [a]); // what was undone is drawn already
});

test("a slider that is moved on is sent once", () => {
  const feather = (width, layer = "inpaint") => ({ act: "feather", layer, width });
  const made = of(feather(1), feather(2), feather(3, "source"), feather(4, "source"));
  assert.deepEqual(made.acts, [feather(2), feather(4, "source")]);
  work.message(made);
  work.add(made, feather(5, "source")); // the one before is on its way
  assert.deepEqual(made.acts.slice(1), [feather(4, "source"), feather(5, "source")]);
});

test("parameters that follow each other are one act", () => {
  const made = of(
    { act: "params", values: { grain: 0.1 } },
    { act: "params", values: { seed: 3 } },
  );
  assert.deepEqual(made.acts, [{ act: "params", values: { grain: 0.1, seed: 3 } }]);
  work.add(made, { act: "undo" });
  work.add(made, { act: "undo" });
  assert.equal(made.acts.length, 3);
});

test("Python has lost the picture: all acts are sent again", () => {
  const made = of(stroke("a"), stroke("b"));
  work.message(made);
  work.confirmed(made, 2);
  work.restart(made);
  assert.deepEqual(work.message(made), { first: 0, acts: [stroke("a"), stroke("b")] });
});

test("a long list is shortened to an act that makes the same mask", () => {
  const made = work.newWork();
  for (let k = 0; k < 101; k++) work.add(made, stroke(k));
  work.confirmed(made, 101);
  assert.equal(work.isLong(made), true);
  work.add(made, stroke("later"));
  work.shorten(made, 101, { act: "restore" });
  assert.equal(work.isLong(made), false);
  assert.deepEqual(made.acts, [{ act: "restore" }, stroke("later")]);
  assert.deepEqual(work.message(made), { first: 101, acts: [stroke("later")] });
  work.confirmed(made, 102);
  assert.equal(work.isDone(made), true);
  work.restart(made);
  assert.deepEqual(work.message(made).acts, [{ act: "restore" }, stroke("later")]);
  assert.equal(work.message(made).first, 0);
});

test("a list is not shortened by what belongs to another", () => {
  const made = of(stroke("a"));
  work.shorten(made, 2, { act: "restore" });
  work.shorten(made, 0, { act: "restore" });
  assert.deepEqual(made.acts, [stroke("a")]);
});

test("many acts are sent in several requests, a picture alone", () => {
  const made = work.newWork();
  for (let k = 0; k < 50; k++) work.add(made, stroke(k));
  assert.equal(work.message(made).acts.length, 40);
  const mask = { act: "mask", picture: "data:" };
  const other = of(stroke("a"), mask, stroke("b"));
  assert.deepEqual(work.message(other).acts, [stroke("a")]);
  work.confirmed(other, 1);
  assert.deepEqual(work.message(other).acts, [mask]);
});

test("what is refused is not sent again, what came after it is", () => {
  const made = of({ act: "mask", picture: "data:" });
  work.message(made);
  work.add(made, stroke("b"));
  work.refuse(made);
  assert.deepEqual(work.message(made), { first: 0, acts: [stroke("b")] });
});
