// What a person has done to a picture, as a list of acts: nothing of the page.
// Python does each act once, by its number (neuralmaster/studio/acts.py). An act stays in the list when
// it is done, so that all of them can be done again if Python has lost the picture.
globalThis.neuralmasterWork ??= (() => {
  "use strict";
  const AT_ONCE = 40; // acts in one request
  const MANY = 100; // acts after which they are replaced by one that makes the same mask
  const NO_STEPS = new Set(["feather", "params"]); // nothing that could be undone
  const LAST_COUNTS = { feather: ["layer"], params: [] }; // of acts that follow each other

  // acts[0] has the number `offset`; `done`: the number of the first act that is not done.
  function newWork(acts = []) {
    return { acts, offset: 0, done: 0, sent: 0 };
  }

  const end = (work) => work.offset + work.acts.length;
  const isDone = (work) => work.done >= end(work);

  function add(work, act) {
    const last = work.acts.at(-1);
    const isUnsent = end(work) > Math.max(work.sent, work.done);
    const alike = LAST_COUNTS[act.act];
    if (isUnsent && last?.act === act.act && alike?.every((name) => last[name] === act[name])) {
      const values = { ...last.values, ...act.values };
      work.acts[work.acts.length - 1] = act.values ? { ...act, values } : act;
    } else {
      work.acts.push(act);
    }
  }

  // The acts to send now. One with a picture is sent alone: it may be too large.
  function message(work) {
    const rest = work.acts.slice(work.done - work.offset).slice(0, AT_ONCE);
    const large = rest.findIndex(({ picture }) => picture);
    const acts = large < 0 ? rest : rest.slice(0, Math.max(1, large));
    work.sent = work.done + acts.length;
    return { first: work.done, acts };
  }

  function confirmed(work, done) {
    work.done = Math.max(work.done, done);
  }

  // What was sent last is refused, and never sent again.
  function refuse(work) {
    work.acts.splice(work.done - work.offset, work.sent - work.done);
    work.sent = work.done;
  }

  // Python has lost the picture: it is opened again, and all acts are sent again.
  function restart(work) {
    work.offset = work.done = work.sent = 0;
  }

  const isLong = (work) => work.done - work.offset > MANY;

  // `act` makes what the acts before number `done` have made.
  function shorten(work, done, act) {
    const rest = done - work.offset;
    if (rest < 1 || rest > work.acts.length) return;
    work.acts = [act, ...work.acts.slice(rest)];
    work.offset = done - 1;
  }

  // The strokes that the pictures do not show yet, without those that have been undone.
  function pendingStrokes(work) {
    const history = { steps: [], undone: [] };
    for (const act of work.acts.slice(work.done - work.offset)) follow(history, act);
    return history.steps.filter(({ act }) => act === "stroke");
  }

  function follow({ steps, undone }, act) {
    if (act.act === "undo") move(steps, undone);
    else if (act.act === "redo") move(undone, steps);
    else if (!NO_STEPS.has(act.act)) {
      steps.push(act);
      undone.length = 0;
    }
  }

  function move(from, to) {
    if (from.length) to.push(from.pop());
  }

  return {
    add,
    confirmed,
    isDone,
    isLong,
    message,
    newWork,
    pendingStrokes,
    refuse,
    restart,
    shorten,
  };
})();
