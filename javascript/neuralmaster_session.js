// What joins this page to its desk in Python: the files that it gets, and that the page is there.
globalThis.neuralmasterSession ??= (() => {
  "use strict";
  const HEARTBEAT = 60000; // milliseconds
  const SENDERS = { nm_open: "#nm_opened", nm_upload: "#nm_uploaded" };
  let next = ["", ""]; // the file that Python gets next: its name, and a data URL

  const app = () => (window.gradioApp ? gradioApp() : document);
  const find = (selector) => app().querySelector(`#neuralmaster_studio ${selector}`);

  function say(sentence) {
    const said = find("#nm_said .nm-said");
    said.textContent = sentence;
    said.className = "nm-said nm-error";
  }

  // Files go to Python as text and not by gradio's upload: see canvas.py.
  function give(file, row) {
    const reader = new FileReader();
    reader.onload = () => {
      next = [file.name, reader.result];
      find(SENDERS[row]).click();
    };
    reader.onerror = () => say(`${file.name} cannot be read: ${reader.error.message}`);
    reader.readAsDataURL(file);
  }

  const open = (file) => give(file, "nm_open");

  // Called by the page's events: what Python gets.
  function file() {
    const taken = next;
    next = ["", ""];
    return taken;
  }

  function onClick(event) {
    const row = event.target.closest?.("#nm_open, #nm_upload");
    const button = event.target.closest?.("button");
    if (row && button && button === row.querySelector("button")) {
      row.querySelector("input[type=file]").click();
    }
  }

  function onChange(event) {
    if (!event.target.matches?.("input[type=file]")) return;
    const row = event.target.closest("#nm_open, #nm_upload");
    const [chosen] = (row && event.target.files) || [];
    if (!chosen) return;
    event.target.value = ""; // the same file may be chosen again
    give(chosen, row.id);
  }

  // Python keeps this page's picture for as long as it hears of the page: see sessions.py.
  async function tell(state) {
    const key = find("#nm_desk")?.dataset.key;
    if (!key) return;
    const root = location.pathname.replace(/\/*$/, "");
    const address = `${root}/neuralmaster/v1/studio/${key}/${state}`;
    const answer = await fetch(address, { method: "POST", keepalive: true }).catch(() => null);
    const { said } = answer?.ok ? await answer.json() : {};
    if (said) say(said);
  }

  const tellState = () => tell(document.hidden ? "hidden" : "shown");

  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("visibilitychange", tellState);
  window.addEventListener("pagehide", (event) => tell(event.persisted ? "left" : "closed"));
  window.addEventListener("pageshow", (event) => event.persisted && tellState());
  setInterval(tellState, HEARTBEAT);
  return { file, open, say };
})();
