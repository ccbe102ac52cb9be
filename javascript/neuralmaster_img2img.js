// From the WebUI's own img2img tab to the studio, and back.
globalThis.neuralmasterImg2img ??= (() => {
  "use strict";
  const CANVASES = ["#img2img_image", "#img2maskimg", "#img_inpaint_base", "#img2img_sketch"];
  const INPAINT_UPLOAD = 4; // its index among the tabs of img2img
  const POLLS = 100; // of 100 ms each, until the page has what is waited for

  const find = (selector) => gradioApp().querySelector(selector);

  // The picture of the open tab, else of any, and the mask that belongs to it, as files; undefined
  // where there is none.
  async function taken() {
    const images = CANVASES.map((id) => find(`#tab_img2img ${id} img`));
    const image = neuralmasterPictures.toTake(images);
    if (!image) return {};
    const url = maskOf(image.closest(CANVASES.join()));
    return {
      picture: await neuralmasterPictures.asFile(image.src, "img2img.png"),
      mask: url && (await neuralmasterPictures.asFile(url, "mask.png")),
    };
  }

  // The uploaded mask, or the one that is drawn: in gradio 3 on a canvas of its own, in Forge in the
  // foreground of its canvas.
  function maskOf(tab) {
    if (tab?.id === "img_inpaint_base") return find("#img_inpaint_mask img")?.getAttribute("src");
    if (tab?.id !== "img2maskimg") return undefined;
    const drawn = find('#img2maskimg canvas[key="mask"]');
    const url = drawn
      ? drawn.toDataURL()
      : find("#img2maskimg .forge-drawing-canvas")?.toDataURL?.();
    return url;
  }

  const wait = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

  async function waitFor(selector) {
    for (let poll = 0; poll < POLLS && !find(selector); poll++) await wait(100);
  }

  // Puts image and mask, both data URLs, into Inpaint upload and sets what belongs to them. Resolves
  // to the names of the parameters that could not be set.
  async function send({ image, mask, width, height, params }) {
    if (window.switch_to_img2img_tab) switch_to_img2img_tab(INPAINT_UPLOAD);
    // before the pictures: when it gets one, Forge writes the size of then, however late
    setNumber("#img2img_width", width);
    setNumber("#img2img_height", height);
    const pictures = { "#img_inpaint_base": image, "#img_inpaint_mask": mask };
    for (const [id, url] of Object.entries(pictures)) {
      const clear = ["Clear", "Remove Image"].map((label) => `${id} button[aria-label="${label}"]`);
      find(clear.join())?.click();
      await waitFor(`${id} input[type=file]`);
      const file = await neuralmasterPictures.asFile(url, `${id.slice(1)}.png`);
      neuralmasterPictures.put(find(`${id} input[type=file]`), file);
    }
    await waitFor("#img_inpaint_base img");
    await waitFor("#img_inpaint_mask img");
    const content = "#img2img_inpainting_fill";
    if (!choose(content, "NeuralMaster")) await pick(content, "NeuralMaster");
    const set = ([name, value]) => setParam(`#neuralmaster_${name}`, value);
    const unset = Object.entries(params).filter((param) => !set(param));
    window.scrollTo(0, 0);
    return unset.map(([name]) => name);
  }

  // Whether the panel has taken the value.
  function setParam(id, value) {
    if (typeof value === "number") return setNumber(id, value);
    return choose(id, value) || setField(`${id} input:is([type=color], [type=text])`, value);
  }

  function choose(id, name) {
    const labels = [...gradioApp().querySelectorAll(`${id} label`)];
    const label = labels.find(({ textContent }) => textContent.trim() === name);
    label?.click();
    return Boolean(label);
  }

  // Picks from a Dropdown, as Masked content is in ersatzForge. Its list is there once it has focus.
  async function pick(id, name) {
    find(`${id} input`)?.dispatchEvent(new FocusEvent("focus"));
    const item = `${id} li[aria-label="${name}"]`;
    await waitFor(item);
    find(item)?.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
  }

  const setNumber = (id, value) => setField(`${id} input[type=number]`, value);

  function setField(selector, value) {
    const field = find(selector);
    if (!field) return false;
    field.value = value;
    for (const type of ["input", "change"]) {
      field.dispatchEvent(new Event(type, { bubbles: true }));
    }
    return true;
  }

  return { send, taken };
})();
