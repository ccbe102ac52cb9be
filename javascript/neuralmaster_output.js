// What leaves the page: files, the clipboard, and the WebUI's own img2img.
globalThis.neuralmasterOutput ??= (() => {
  "use strict";
  const COPIED = 1500; // milliseconds for which it is said

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);

  function download(file, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyAsOfOld(text); // outside 127.0.0.1 and https there is no clipboard
    }
    const button = find("#nm_copy");
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), COPIED);
  }

  function copyAsOfOld(text) {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }

  async function file(what, name) {
    const content = await neuralmasterSession.blob(`/file/${what}`);
    download(content, `${name.replace(/\.[^.]*$/, "")}-${what}.png`);
  }

  const job = () => neuralmasterSession.json("/job");
  const copyJob = async () => copy((await job()).text);

  // Resolves to a sentence about what a person has to set.
  async function send() {
    const { send: sent, hidden } = await job();
    const unset = (await neuralmasterImg2img.send(sent)).filter((name) => !hidden.includes(name));
    const rest = unset.map((name) => `${name}: ${sent.params[name]}`).join(", ");
    if (rest) neuralmasterControls.say(`Set this in the panel NeuralMaster: ${rest}.`, "warning");
  }

  return { copyJob, file, send };
})();
