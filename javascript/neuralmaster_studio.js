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
  const pendingStrokes = () => (work ? neuralmasterWork.pendingStrokes(work) : []);

  // Opens a picture, after a question if there is work to lose; whether it is open. acts: to do on it.
  async function open(file, { name = file.name, preset = controls().preset(), acts = [] } = {}) {
    if (isOpening || !(await mayReplace())) return false;
    isOpening = true;
    const cancel = new AbortController();
    const task = busy().start("Uploading", () => cancel.abort());
    const before = opened;
    try {
      while (isPumping) await wait(30); // until the acts that are on their way have their answer
      const picture = { file, name, preset };
      const answer = await upload(picture, task, cancel.signal);
      opened = picture;
      work = { ...neuralmasterWork.newWork(), acts };
      isUnsaved = acts.length > 0;
      controls().newPicture();
      await show(answer);
      controls().beginWith(preset);
      neuralmasterKeep.picture(opened, work);
    } catch (error) {
      tell(error);
    } finally {
      task.end();
      isOpening = false;
    }
    pump();
    return opened !== before;
  }

  async function mayReplace() {
    return !isUnsaved || neuralmasterKeep.ask("Replace this picture? Its mask has not been saved.");
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
    if (!opened) return controls().say("Open a picture first, or drop one here.");
    neuralmasterWork.add(work, what);
    isUnsaved = true;
    neuralmasterKeep.acts(opened, work);
    neuralmasterCanvas.redraw();
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
      const answer = await neuralmasterSession.act(neuralmasterWork.message(current));
      await show(answer);
      neuralmasterWork.confirmed(current, answer.done);
      neuralmasterCanvas.redraw();
    } catch (error) {
      if (!error.isLost) throw error;
      await openAgain(current);
    }
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

  async function show(answer) {
    const isOther = answered?.number !== answer.number || !neuralmasterCanvas.isOpen();
    if (isOther || !answer.done) await showPicture(answer);
    answered = answer;
    controls().show(answer); // at once: a key may follow
    await neuralmasterViews.show(answer);
    neuralmasterLook.showCut();
    document.querySelector("#neuralmaster_studio .nm-root").dataset.open = "";
    if (answer.said) controls().say(answer.said, answer.kind);
    if (!answer.filled) showFill(answer);
  }

  // The browser's own reading of the file; else, or of an extended picture, Python's.
  async function showPicture({ number, size }) {
    let bitmap = number ? undefined : await neuralmasterImage.read(opened.file, size);
    bitmap ??= await createImageBitmap(await neuralmasterSession.blob("/picture"));
    neuralmasterCanvas.open(await neuralmasterImage.open(bitmap));
  }

  // Of a fill that takes longer.
  async function showFill(answer) {
    try {
      const made = await busy().during("Filling", () => neuralmasterSession.json("/filled"));
      if (answer !== answered) return; // it is of what was before
      await neuralmasterViews.show(made);
      if (!answer.refused) controls().say(made.said, made.kind);
    } catch (error) {
      if (answer === answered) tell(error);
    }
  }

  function tell(error) {
    if (error.name !== "AbortError") controls().say(error.message);
  }

  // What leaves the page, when all is done that it is to show.
  async function leave(label, run) {
    if (!opened) return controls().say("Open a picture first, or drop one here.");
    try {
      await busy().during(label, async () => {
        while (isPumping) await wait(30);
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

  // In the WebUI alone: the picture of img2img, and the mask that is there.
  async function takeFromImg2img() {
    const { picture, mask } = await neuralmasterImg2img.taken();
    if (!picture) return controls().say("There is no picture in img2img yet.");
    const isOpen = await open(picture);
    if (isOpen && mask) act(await maskAct(mask));
  }

  async function maskAct(file) {
    const picture = await neuralmasterPictures.asUrl(file);
    return { act: "mask", layer: controls().layer(), name: file.name, picture };
  }

  const uploadMask = async (file) => act(await maskAct(file));

  async function example() {
    try {
      const content = await neuralmasterSession.blob("/example");
      await open(new File([content], "example.png", { type: content.type }));
    } catch (error) {
      tell(error);
    }
  }

  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
  return {
    act,
    example,
    leave,
    open,
    pendingStrokes,
    takeFromImg2img,
    uploadMask,
    answer: () => answered,
    isIdle: () => !isPumping && !isOpening && neuralmasterViews.isEnough(),
  };
})();
