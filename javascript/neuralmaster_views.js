// What Python has made of the picture: the mask, and the fill that is laid over the picture as strongly as
// the mask says; small for the whole picture, and for the part in view in the screen's own pixels.
globalThis.neuralmasterViews ??= (() => {
  "use strict";
  const WAIT = 150; // milliseconds without a change, until the part in view is asked for
  const LARGEST = 4096; // pixels of a side of a part, see view.py
  const MISSING = { mask: null, filled: null, host: null };
  let whole = { ...MISSING }; // images of the whole picture, and the factor of their size
  let part = { ...MISSING }; // images of the part in `part.box`
  let bare = null; // the fill alone: an image, and its edges in the picture
  let hasDetail = false; // whether a part of the fill shows more than the whole of it
  let tints = null; // how the mask looks
  let needsHost = false; // whether the WebUI's own fill is to be seen
  let latest = null; // what was answered last
  let timer = 0;
  let asking = null; // the AbortController of what is asked for

  // What Python has answered, as neuralmaster/studio/view.py makes it; of a fill that is null, nothing.
  // seen: what was asked for with it, see `wanted` below; undefined if only the fill is new.
  async function show(answer, seen) {
    asking?.abort(); // it is of what was before
    latest = answer;
    const [pixels, fill, near] = await read(answer);
    if (latest !== answer) return; // another has come meanwhile
    hasDetail = answer.detail;
    if (answer.filled !== null) bare = fill ? placedFill(fill, answer) : null;
    showWhole(answer, pixels);
    part = partAfter(answer, seen, near && tinted(near));
    changed();
  }

  function read({ mask, filled, part: near }) {
    return Promise.all([
      mask && pixelsOf(mask),
      filled && bitmapOf(filled),
      near && pixelsOf(near),
    ]);
  }

  const placedFill = (image, { corner, factor }) => ({ image, ...placed(image, corner, factor) });

  // With a part in view the whole comes later.
  function showWhole({ factor, filled }, pixels) {
    whole.isOld = !pixels;
    if (!pixels) return;
    const mask = tinted(pixels);
    const made = later(() => laid(mask, edgesOf(pixels, factor)));
    whole = { ...MISSING, factor, mask, filled: filled === null ? whole.filled : made };
  }

  function partAfter({ filled, exact }, seen, mask) {
    if (mask) return partOf(seen, mask, { isMade: filled !== null, isExact: exact });
    const isSame = seen === undefined && part.mask; // the mask is the one before
    return isSame ? { ...part, filled: laid(part.mask, part.box) } : { ...MISSING };
  }

  function partOf({ edges, scale }, mask, { isMade, isExact }) {
    const filled = isMade ? laid(mask, edges) : null;
    return { ...MISSING, box: edges, scale, mask, filled, isExact: isExact && !hasDetail };
  }

  const pixelsOf = (url) => neuralmasterImage.pixels(asBlob(url));
  const bitmapOf = (url) => createImageBitmap(asBlob(url));

  // Of a data URL in base64; fetch would take a moment more.
  function asBlob(url) {
    const [head, content] = url.split(",");
    const letters = atob(content);
    const bytes = new Uint8Array(letters.length);
    for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
    return new Blob([bytes], { type: head.slice("data:".length, head.indexOf(";")) });
  }

  // The edges in the picture of a copy whose lengths are 1/factor, or of an image at a corner of it.
  const edgesOf = (image, factor) => placed(image, [0, 0], factor);

  function placed({ width, height }, [x, y], factor) {
    const [left, upper] = [x * factor, y * factor];
    return { left, upper, right: left + width * factor, lower: upper + height * factor };
  }

  // Another picture: nothing of the one before is shown.
  function clear() {
    whole = { ...MISSING };
    part = { ...MISSING };
    bare = null;
  }

  // Makes something when it is needed first.
  function later(make) {
    let made;
    return () => {
      made ??= make();
      return made;
    };
  }

  // A mask's pixels with what is drawn of them: how it looks, with outlines or lines, how strongly the fill shows, where the
  // WebUI's fill does, and its two channels.
  function tinted({ data, width, height }) {
    const draw = (pixels) => neuralmasterImage.canvasWith(pixels, width, height);
    return {
      pixels: { data, width, height },
      tint: later(() => draw(neuralmasterTint.tinted(data, width, tints))),
      flat: later(() =>
        draw(neuralmasterTint.tinted(data, width, neuralmasterOutline.without(tints))),
      ),
      lines: later(() => neuralmasterOutline.lines({ data, width, height }, tints)),
      weight: later(() => draw(neuralmasterTint.weight(data))),
      region: later(() => draw(neuralmasterTint.region(data))),
      plain: later(() => draw(data)),
    };
  }

  // The bare fill, as strong as a mask says that has these edges in the picture.
  function laid(mask, box) {
    if (!bare) return null;
    const weight = mask.weight();
    const across = weight.width / (box.right - box.left);
    const down = weight.height / (box.lower - box.upper);
    const [x, y] = [(bare.left - box.left) * across, (bare.upper - box.upper) * down];
    const size = [(bare.right - bare.left) * across, (bare.lower - bare.upper) * down];
    return within(weight, (pen) => pen.drawImage(bare.image, x, y, ...size));
  }

  // What is drawn, as far as and as strongly as another image is there.
  function within(mask, drawIt) {
    const cut = neuralmasterImage.canvasOf(mask.width, mask.height);
    const pen = cut.getContext("2d");
    pen.drawImage(mask, 0, 0);
    pen.globalCompositeOperation = "source-in";
    drawIt(pen);
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

  // Whether the whole has all the pixels that the screen has for what is in view.
  const isWholeEnough = ({ scale, ratio }) => scale * ratio * whole.factor <= 1;

  // Whether what is in view is shown in all the pixels that the screen has for it.
  function isShown() {
    const seen = neuralmasterCanvas.inView();
    return !seen.box || isWholeEnough(seen) || isThere(seen);
  }

  function isThere({ box, scale }) {
    return Boolean(part.mask) && neuralmasterGeometry.within(box, part.box) && part.scale >= scale;
  }

  // Whether it is also as exact as it gets.
  function isEnough() {
    const seen = neuralmasterCanvas.inView();
    if (!seen.box) return true;
    if (whole.isOld) return false;
    return (!needsHost && isWholeEnough(seen)) || isExact(seen);
  }

  function isExact(seen) {
    return isThere(seen) && part.isExact && Boolean(part.host || !needsHost);
  }

  // The part that is in view and wanted in more pixels than the whole has; null if there is none.
  function wanted() {
    const seen = neuralmasterCanvas.inView();
    if (!seen.box || !whole.mask || isWholeEnough(seen)) return null;
    return { edges: seen.box, scale: seen.scale, size: sizeOf(seen) };
  }

  const sizeOf = ({ box, scale, ratio }) => neuralmasterGeometry.wanted(box, scale, ratio, LARGEST);

  async function ask() {
    if (isEnough()) return;
    asking = new AbortController();
    const { signal } = asking;
    const task = neuralmasterBusy.start("Sharpening");
    try {
      if (whole.isOld) await askWhole(signal);
      else await askPart(signal);
    } catch {
      // what is there is shown on; the next act tells if nobody answers
    } finally {
      task.end();
    }
  }

  async function askWhole(signal) {
    const made = await neuralmasterSession.json("/filled", { signal });
    if (!signal.aborted) await show(made);
  }

  async function askPart(signal) {
    const made = await madePart(neuralmasterCanvas.inView(), signal);
    if (!signal.aborted) part = made;
    neuralmasterCanvas.redraw();
  }

  async function madePart(seen, signal) {
    const asked = (what) => neuralmasterSession.part(what, seen.box, sizeOf(seen), signal);
    const picture = async (what) => createImageBitmap(await asked(what));
    const [file, fill, host] = await Promise.all([
      asked("mask"),
      hasDetail && picture("filled"),
      needsHost && picture("host"),
    ]);
    const mask = tinted(await neuralmasterImage.pixels(file));
    const cut = (image, by) => within(by, (pen) => pen.drawImage(image, 0, 0, by.width, by.height));
    return {
      ...seen,
      mask,
      filled: fill ? cut(fill, mask.weight()) : laid(mask, seen.box),
      host: host ? cut(host, mask.region()) : null,
      isExact: true,
    };
  }

  return {
    changed,
    clear,
    isEnough,
    isShown,
    setNeedsHost,
    setTints,
    show,
    wanted,
    getPart: () => part,
    getWhole: () => whole,
  };
})();
