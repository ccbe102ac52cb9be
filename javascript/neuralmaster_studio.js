// The studio: a picture, what is done to it, and what comes of it. The scripts beside this one are
// looked up only when something happens, so the order in which they are loaded does not matter.
globalThis.neuralmasterStudio ??= (() => {
  "use strict";
  const RETRIES = [500, 1000, 2000, 3000]; // milliseconds until the next try; then the last again
  let work = null; // see neuralmaster_work.js
  let opened = null; // { file, name, preset } of the picture
  let answered = null; // the last answer
  let isPumping = false;
  let isOpening = false;
  let isUnsaved = false; // something has changed since it was last taken home

  const controls = () => neuralmasterControls;
  const busy = () => neuralmasterBusy;
  const wait = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));
  const pendingStrokes = () =>
    neuralmasterWork.pendingStrokes(work ?? neuralmasterWork.newWork(neuralmasterEarly.getActs()));

  // Opens a picture, after a question if there is work to lose; whether it is open. acts: to do on it.
  async function open(file, { name = file.name, preset = controls().preset(), acts = [] } = {}) {
    if (isOpening || !(await mayReplace())) return false;
    isOpening = true;
    const cancel = new AbortController();
    const task = busy().start("Uploading", () => cancel.abort());
    const before = opened;
    const picture = { file, name, preset, seen: neuralmasterImage.read(file) };
    neuralmasterEarly.show(picture, acts);
    try {
      await settled(); // the acts that are on their way have their answer
      await begin(picture, acts, await uploaded(picture, task, cancel.signal));
    } catch (error) {
      tell(error);
      if (!opened) {
        neuralmasterCanvas.close();
        neuralmasterKeep.offerNewest();
      }
    } finally {
      task.end();
      neuralmasterEarly.end();
      isOpening = false;
    }
    pump();
    return opened !== before;
  }

  async function begin(picture, acts, answer) {
    opened = picture;
    work = neuralmasterWork.newWork([...acts, ...neuralmasterEarly.end()]);
    isUnsaved = work.acts.length > 0;
    controls().newPicture();
    await show(answer);
    controls().beginWith(picture.preset);
    neuralmasterKeep.picture(opened, work);
  }

  async function settled() {
    while (isPumping) await wait(30);
  }

  async function mayReplace() {
    return !isUnsaved || neuralmasterKeep.ask("Replace this picture? Its mask has not been saved.");
  }

  // However long it takes until the server answers; unless it is cancelled.
  async function uploaded(picture, task, signal) {
    for (let failures = 0; ; failures++) {
      try {
        return await upload(picture, task, signal);
      } catch (error) {
        if (!error.isAway) throw error;
        await waitForServer(failures);
        signal.throwIfAborted();
      }
    }
  }

  function upload({ file, name, preset }, task, signal) {
    const report = (share) => {
      task.report(share < 1 ? share : null);
      if (share === 1) task.say("Opening");
    };
    return neuralmasterSession.open(file, name, preset, { report, signal });
  }

  // Does something to the picture, when all before it is done; it is kept from now on.
  function act(what) {
    if (neuralmasterEarly.isSeen()) return neuralmasterEarly.act(what);
    if (!opened) return controls().say("Open a picture first, or drop one here.");
    neuralmasterWork.add(work, what);
    controls().expect(what);
    isUnsaved = true;
    neuralmasterKeep.acts(opened, work);
    if (what.act !== "stroke") neuralmasterCanvas.redrawStrokes(); // a stroke is drawn already
    pump();
  }

  // Sends what is not done yet, as long as there is something.
  async function pump() {
    if (isPumping || !opened) return;
    isPumping = true;
    let failures = 0;
    while (failures !== null && !isOpening && !neuralmasterWork.isDone(work)) {
      failures = await tried(failures);
    }
    isPumping = false;
    if (neuralmasterWork.isLong(work)) shorten();
  }

  // One request more. How often in a row nobody has answered; null if it cannot go on.
  async function tried(failures) {
    try {
      await busy().during("Working", step);
      return 0;
    } catch (error) {
      if (error.isAway) {
        await waitForServer(failures);
        return failures + 1;
      }
      tell(error);
      if (!error.isRefused) return null;
      neuralmasterWork.refuse(work);
      return 0;
    }
  }

  async function step() {
    const current = work;
    try {
      const seen = neuralmasterViews.wanted();
      const message = neuralmasterWork.message(current);
      const answer = await neuralmasterSession.act(
        seen ? { ...message, view: asked(seen) } : message,
      );
      await show(answer, seen);
      neuralmasterWork.confirmed(current, answer.done);
      neuralmasterCanvas.redraw();
      neuralmasterCanvas.drawNow();
    } catch (error) {
      if (!error.isLost) throw error;
      await openAgain(current);
    }
  }

  function asked({ edges: { left, upper, right, lower }, size: { width, height } }) {
    return { box: [left, upper, right, lower], size: [width, height] };
  }

  // Python has lost the picture: it was restarted, or needed the memory.
  async function openAgain(current) {
    neuralmasterSession.forget();
    await busy().during("Opening the picture again", (task) => upload(opened, task));
    neuralmasterWork.restart(current);
  }

  async function waitForServer(failures) {
    const count = pendingStrokes().length;
    const strokes = count
      ? ` ${count === 1 ? "1 stroke waits" : `${count} strokes wait`} here.`
      : "";
    controls().say(`The studio's server does not answer.${strokes} Trying again.`, "warning");
    await wait(RETRIES[Math.min(failures, RETRIES.length - 1)]);
  }

  // A list of acts does not grow for ever: the mask that they have made takes their place.
  async function shorten() {
    if (answered.state.is_extended) return; // the picture is then not that of the file
    const current = work;
    const saved = await neuralmasterSession.json("/saved").catch(() => null);
    if (!saved || current !== work) return;
    neuralmasterWork.shorten(work, saved.done, saved.act);
    neuralmasterKeep.acts(opened, work);
  }

  async function show(answer, seen = null) {
    const isOther = answered?.number !== answer.number || !neuralmasterCanvas.isOpen();
    if (isOther || !answer.done) await showPicture(answer);
    answered = answer;
    controls().show(answer); // at once: a key may follow
    await neuralmasterViews.show(answer, seen);
    neuralmasterLook.showCut();
    document.querySelector("#neuralmaster_studio .nm-root").dataset.open = "";
    if (answer.said) controls().say(answer.said, answer.kind);
    if (answer.filled === null) showFill(answer);
  }

  // The browser's own reading of the file; else, or of an extended picture, Python's.
  async function showPicture({ number, size }) {
    const own = number ? undefined : await (opened.seen ?? neuralmasterImage.read(opened.file));
    opened.seen = null; // the canvas has it
    const isSame = own && own.width === size[0] && own.height === size[1];
    const picture = isSame
      ? own
      : await neuralmasterImage.read(await neuralmasterSession.blob("/picture"));
    if (!neuralmasterCanvas.isShowing(picture)) neuralmasterCanvas.open(picture);
  }

  // Of a fill that takes longer, and of an object that has yet to be found.
  async function showFill(answer) {
    const label = answer.state.is_marked ? "Filling" : "Looking for the object";
    try {
      const made = await busy().during(label, () => neuralmasterSession.json("/filled"));
      if (answer === answered) await showMade(made, answer);
    } catch (error) {
      if (answer === answered) tell(error);
    }
  }

  async function showMade(made, answer) {
    await neuralmasterViews.show(made);
    if (answer === answered && !answer.refused) controls().say(made.said, made.kind);
  }

  function tell(error) {
    if (error.name !== "AbortError") controls().say(error.message);
  }

  // What leaves the page, when all is done that it is to show.
  async function leave(label, run) {
    if (!opened) return controls().say("Open a picture first, or drop one here.");
    try {
      await busy().during(label, async () => {
        await settled();
        await run(opened.name);
      });
      isUnsaved = false;
    } catch (error) {
      if (error.isLost) return leaveAgain(label, run);
      tell(error);
    }
  }

  async function leaveAgain(label, run) {
    await openAgain(work);
    await pump();
    await leave(label, run);
  }

  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved || neuralmasterEarly.getActs().length) event.preventDefault();
  });
  return {
    act,
    leave,
    open,
    pendingStrokes,
    answer: () => answered,
    isIdle: () => !isPumping && !isOpening && neuralmasterViews.isEnough(),
  };
})();
