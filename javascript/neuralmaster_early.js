// The first picture: it is seen, and can be painted, before Python has it.
globalThis.neuralmasterEarly ??= (() => {
  "use strict";
  let awaited = null; // what is being opened: see neuralmaster_studio.js
  let shown = null; // it, once it is seen,
  let before = []; // what is done to it first, as before a reload,
  let acts = []; // and what a person does to it meanwhile

  async function show(picture, first) {
    if (neuralmasterCanvas.isOpen()) return; // another is seen until Python has this one
    awaited = picture;
    const seen = await picture.seen;
    if (!seen || awaited !== picture) return;
    neuralmasterCanvas.open(seen);
    shown = picture;
    before = first;
    neuralmasterKeep.picture(shown, { acts: before });
  }

  function act(what) {
    acts.push(what);
    neuralmasterControls.expect(what);
    neuralmasterKeep.acts(shown, { acts: [...before, ...acts] });
    neuralmasterCanvas.redrawStrokes();
  }

  // Python has it, or never will; what has been done to it.
  function end() {
    const done = acts;
    awaited = shown = null;
    before = [];
    acts = [];
    return done;
  }

  return { act, end, show, getActs: () => acts, isSeen: () => Boolean(shown) };
})();
