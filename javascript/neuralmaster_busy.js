// Shows that something is under way, once it has taken a moment.
globalThis.neuralmasterBusy ??= (() => {
  "use strict";
  const MOMENT = 300; // milliseconds
  const tasks = new Set();

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);

  // A task with its sentence; cancel: what to do if the person no longer wants it.
  function start(label, cancel = null) {
    const task = { label, cancel, share: null, isShown: false };
    tasks.add(task);
    const timer = setTimeout(() => {
      task.isShown = true;
      show();
    }, MOMENT);
    const change = (changes) => {
      Object.assign(task, changes);
      show();
    };
    const end = () => {
      clearTimeout(timer);
      tasks.delete(task);
      show();
    };
    return { report: (share) => change({ share }), say: (text) => change({ label: text }), end };
  }

  async function during(label, run) {
    const task = start(label);
    try {
      return await run(task);
    } finally {
      task.end();
    }
  }

  const shown = () => [...tasks].filter(({ isShown }) => isShown);

  function show() {
    const box = find("#nm_busy");
    if (!box) return;
    const task = shown().at(-1);
    box.hidden = !task;
    if (task) showTask(box, task);
  }

  function showTask(box, { label, share, cancel: its }) {
    const isKnown = share !== null;
    const percent = isKnown ? ` ${Math.round(share * 100)}%` : "";
    box.querySelector("span").textContent = label + percent;
    const bar = box.querySelector("progress");
    if (isKnown) bar.value = share;
    else bar.removeAttribute("value");
    box.querySelector("#nm_cancel").hidden = !its;
  }

  function cancel() {
    shown()
      .filter((task) => task.cancel)
      .at(-1)
      ?.cancel();
  }

  return { cancel, during, start };
})();
