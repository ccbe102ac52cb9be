// The first picture: it is seen, and can be painted, before Python has it.
globalThis.neuralmasterEarly ??= (() => {
  "use strict";
  let awaited = null; // what is being opened: see neuralmaster_studio.js
  let shown = null; // it, once it is seen,
  let acts = []; // and what has been done to it

  async function show(picture) {
    if (neuralmasterCanvas.isOpen()) return; // another is seen until Python has this one
    awaited = picture;
    const seen = await picture.seen;
    if (!seen || awaited !== picture) return;
    neuralmasterCanvas.open(seen);
    shown = picture;
  }

  function act(what) {
    if (!acts.length) neuralmasterKeep.picture(shown, { acts });
    acts.push(what);
    neuralmasterKeep.acts(shown, { acts });
    neuralmasterCanvas.redrawStrokes();
  }

  // Python has it, or never will; what has been done to it.
  function end() {
    const done = acts;
    awaited = shown = null;
    acts = [];
    return done;
  }

  return { act, end, show, getActs: () => acts, isSeen: () => Boolean(shown) };
})();
