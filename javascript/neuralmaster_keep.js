// Keeps the work as it goes on, and offers what was kept; asks before work is replaced.
globalThis.neuralmasterKeep ??= (() => {
  "use strict";
  const PAUSE = 200; // milliseconds, at most, until an act is on the disk
  let timer = 0;
  let unkept = null; // what waits for its pause to end
  let offered = null;
  let hasFailed = false;

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);

  const record = ({ name, preset }, { acts }) => ({ name, preset, acts });

  async function picture(opened, work) {
    offer(null);
    unkept = null;
    await store(() => neuralmasterSaved.put(record(opened, work), opened.file));
  }

  function acts(opened, work) {
    unkept = record(opened, work);
    clearTimeout(timer);
    timer = setTimeout(() => keepNow(neuralmasterSaved.put), PAUSE);
  }

  function keepNow(put) {
    clearTimeout(timer);
    const kept = unkept;
    unkept = null;
    if (kept) store(() => put(kept));
  }

  // Where there is no store the studio works as well, and says so once.
  async function store(run) {
    try {
      await run();
    } catch (error) {
      if (!hasFailed) {
        hasFailed = true;
        const why = error?.message ?? "the browser has no room";
        neuralmasterControls.say(`Your work cannot be kept in this browser: ${why}`, "warning");
      }
    }
  }

  function offer(work) {
    offered = work;
    find("#nm_offer").hidden = !work;
    if (!work) return;
    const when = new Date(work.time).toLocaleString();
    const count = work.acts.length;
    find("#nm_offer span").textContent =
      `Your work on ${work.name} of ${when} was kept: ${count === 1 ? "1 step" : `${count} steps`}.`;
  }

  async function offerNewest() {
    const work = await neuralmasterSaved.newest().catch(() => null);
    if (work) offer(work);
  }

  async function continueWork() {
    const { id, picture: file, name, preset, acts: done } = offered;
    const isOpen = await neuralmasterStudio.open(file, { name, preset, acts: done });
    if (isOpen) store(() => neuralmasterSaved.remove(id)); // it is this page's own now
  }

  function discard() {
    store(() => neuralmasterSaved.remove(offered.id));
    offer(null);
  }

  // A question; true if the person agrees.
  function ask(question) {
    const dialog = find("#nm_ask");
    find("#nm_ask_text").textContent = question;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((answer) => {
      const onClose = () => answer(dialog.returnValue === "yes");
      dialog.addEventListener("close", onClose, { once: true });
    });
  }

  for (const type of ["beforeunload", "pagehide"]) {
    window.addEventListener(type, () => keepNow(neuralmasterSaved.putLast));
  }
  return { acts, ask, continueWork, discard, offerNewest, picture };
})();
