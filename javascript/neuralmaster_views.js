// What Python has made of the picture: the mask and the fill, small for the whole picture, and for the
// part that is in view in as many pixels as the screen has for it.
globalThis.neuralmasterViews ??= (() => {
  "use strict";
  const WAIT = 150; // milliseconds without a change, until the part in view is asked for
  const LARGEST = 4096; // pixels of a side of a part, see view.py
  const MISSING = { mask: null, filled: null, host: null };
  let whole = { ...MISSING }; // images of the whole picture, and the factor of their size
  let part = { ...MISSING }; // images of the part in `part.box`
  let tints = null; // how the mask looks
  let needsHost = false; // whether the WebUI's own fill is to be seen
  let timer = 0;
  let asking = null; // the AbortController of what is asked for

  // What Python has answered, as neuralmaster/studio/view.py makes it; of what is null, nothing.
  async function show({ factor, mask, filled }) {
    const pixels = mask && (await neuralmasterImage.pixels(await urlAsBlob(mask)));
    const fill = filled && (await createImageBitmap(await urlAsBlob(filled)));
    if (pixels) whole = { ...MISSING, filled: whole.filled, factor, mask: tinted(pixels) };
    if (fill) whole.filled = within(whole.mask.window, fill);
    part = { ...MISSING };
    changed();
  }

  const urlAsBlob = async (url) => (await fetch(url)).blob();

  // Another picture: nothing of the one before is shown.
  function clear() {
    whole = { ...MISSING };
    part = { ...MISSING };
  }

  // A mask's pixels with what is drawn of them.
  function tinted({ data, width, height }) {
    const draw = (pixels) => neuralmasterImage.canvasWith(pixels, width, height);
    return {
      pixels: { data, width, height },
      tint: draw(neuralmasterTint.tinted(data, width, tints)),
      window: draw(neuralmasterTint.window(data, true)),
      region: draw(neuralmasterTint.window(data, false)),
      plain: draw(data),
    };
  }

  // A fill alone, where it can be seen: the rest is the picture, which the browser has sharper.
  function within(window, fill) {
    const cut = neuralmasterImage.canvasOf(window.width, window.height);
    const pen = cut.getContext("2d");
    pen.drawImage(window, 0, 0);
    pen.globalCompositeOperation = "source-in";
    pen.drawImage(fill, 0, 0, cut.width, cut.height);
    return cut;
  }

  function setTints(next) {
    tints = next;
    for (const images of [whole, part]) {
      if (images.mask) images.mask = tinted(images.mask.pixels);
    }
    changed();
  }

  function setNeedsHost(next) {
    if (next === needsHost) return;
    needsHost = next;
    changed();
  }

  // Everything may look otherwise now, and other parts may be in view.
  function changed() {
    neuralmasterCanvas.redraw();
    asking?.abort();
    clearTimeout(timer);
    if (whole.mask) timer = setTimeout(ask, WAIT);
  }

  // Whether what is there shows what is in view in all the pixels that the screen has for it.
  function isEnough() {
    const { box, scale, ratio } = neuralmasterCanvas.inView();
    if (!box) return true;
    if (!needsHost && scale * ratio * whole.factor <= 1) return true;
    const isThere = part.mask && neuralmasterGeometry.within(box, part.box) && part.scale >= scale;
    return Boolean(isThere && (part.host || !needsHost));
  }

  async function ask() {
    if (isEnough()) return;
    asking = new AbortController();
    const { signal } = asking;
    const task = neuralmasterBusy.start("Sharpening");
    try {
      const made = await madePart(neuralmasterCanvas.inView(), signal);
      if (!signal.aborted) part = made;
      neuralmasterCanvas.redraw();
    } catch {
      // what is there is shown on; the next act tells if nobody answers
    } finally {
      task.end();
    }
  }

  async function madePart({ box, scale, ratio }, signal) {
    const size = neuralmasterGeometry.wanted(box, scale, ratio, LARGEST);
    const whats = needsHost ? ["mask", "filled", "host"] : ["mask", "filled"];
    const files = await Promise.all(
      whats.map((what) => neuralmasterSession.part(what, box, size, signal)),
    );
    const mask = tinted(await neuralmasterImage.pixels(files[0]));
    const [filled, host] = await Promise.all(files.slice(1).map((file) => createImageBitmap(file)));
    const shown = { filled: within(mask.window, filled), host: host && within(mask.region, host) };
    return { box, scale, mask, ...shown };
  }

  return {
    changed,
    clear,
    isEnough,
    setNeedsHost,
    setTints,
    show,
    getPart: () => part,
    getWhole: () => whole,
  };
})();
