// How the mask looks over the picture: nothing of the page.
// A mask is the pixels of an ImageData, red = inpaint region, green = useful object. A look is
// { inpaint, source }, each { colour: "#rrggbb", opacity: 0..100, outline: true or false }.
globalThis.neuralmasterTint ??= (() => {
  "use strict";
  const HALF = 128; // from here on a pixel is marked,
  const MARKED = [0x80, 0x8000]; // by this bit of a pixel's four bytes, in red and in green
  const FULL = 240; // a layer that is nowhere below marks the whole picture
  const LOOK = {
    inpaint: { colour: "#eb2d32", opacity: 45, outline: true },
    source: { colour: "#28c850", opacity: 15, outline: true },
  };

  function levels(colour) {
    return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  }

  const IS_VALID = {
    colour: (value) => /^#[0-9a-f]{6}$/i.test(value),
    opacity: (value) => Number.isFinite(value) && value >= 0 && value <= 100,
    outline: (value) => typeof value === "boolean",
  };

  // What is valid of a look that was kept; the rest as it is by default.
  function checked(look) {
    const layer = (name) => {
      const valid = Object.entries(look?.[name] ?? {}).filter(([what, v]) => IS_VALID[what]?.(v));
      return { ...LOOK[name], ...Object.fromEntries(valid) };
    };
    return { inpaint: layer("inpaint"), source: layer("source") };
  }

  // The mask as pixels to draw over the picture: the object lies under the region, so that where
  // they meet their colours do not mix. width: of a row.
  function tinted(mask, width, look) {
    const shown = new Uint8ClampedArray(mask.length);
    const { inpaint, source } = checked(look);
    const colours = table(inpaint, isWhole(mask, 1) ? { ...source, opacity: 0 } : source);
    const [from, to] = [mask, shown].map(({ buffer }) => new Uint32Array(buffer));
    for (let k = 0; k < from.length; k++) to[k] = colours[from[k] & 0xffff];
    if (source.outline) outline(to, from, width, MARKED[1], source.colour);
    if (inpaint.outline) outline(to, from, width, MARKED[0], inpaint.colour);
    return shown;
  }

  function isWhole(mask, channel) {
    for (let at = channel; at < mask.length; at += 4) if (mask[at] < FULL) return false;
    return true;
  }

  // What each pair of a red and a green looks like, as a pixel's four bytes, the lowest first, as on all
  // machines that browsers run on.
  let known = { key: "", colours: new Uint32Array(0) };

  function table(inpaint, source) {
    const key = JSON.stringify([inpaint, source]);
    if (known.key !== key) known = { key, colours: tableOf(inpaint, source) };
    return known.colours;
  }

  function tableOf(inpaint, source) {
    const colours = new Uint32Array(1 << 16);
    const pixels = new Uint8ClampedArray(colours.buffer);
    for (let at = 0; at < pixels.length; at += 4) {
      tint(pixels, at, at >> 10, source);
      tint(pixels, at, (at >> 2) & 0xff, inpaint);
    }
    return colours;
  }

  // Lays a layer of that level over a pixel.
  function tint(shown, at, level, { colour, opacity }) {
    if (!level) return;
    const below = (shown[at + 3] * (255 - level)) / 255;
    const share = (level * opacity) / 100;
    const all = below + share;
    levels(colour).forEach((over, k) => {
      shown[at + k] = (shown[at + k] * below + over * share) / (all || 1);
    });
    shown[at + 3] = all;
  }

  // The innermost marked pixels; the picture's border is no edge.
  function outline(to, from, width, bit, colour) {
    const [red, green, blue] = levels(colour);
    const solid = 0xff000000 | (blue << 16) | (green << 8) | red;
    for (let start = 0; start < from.length; start += width) {
      for (let x = 0; x < width; x++) {
        if (from[start + x] & bit && isEdge(from, start, x, width, bit)) to[start + x] = solid;
      }
    }
  }

  function isEdge(from, start, x, width, bit) {
    const at = start + x;
    return (
      (x > 0 && !(from[at - 1] & bit)) ||
      (x < width - 1 && !(from[at + 1] & bit)) ||
      (start > 0 && !(from[at - width] & bit)) ||
      (at + width < from.length && !(from[at + width] & bit))
    );
  }

  // How strongly the fill shows over the picture, as opacity: green * clip(2 * red - 1, 0, 1).
  function weight(mask) {
    const shown = new Uint8ClampedArray(mask.length);
    for (let at = 0; at < mask.length; at += 4) {
      if (mask[at] >= HALF) shown[at + 3] = ((2 * mask[at] - 255) * mask[at + 1]) / 255;
    }
    return shown;
  }

  // Where the WebUI's own fill goes: wherever red is.
  function region(mask) {
    const shown = new Uint8ClampedArray(mask.length);
    for (let at = 0; at < mask.length; at += 4) if (mask[at]) shown[at + 3] = 255;
    return shown;
  }

  return { LOOK, checked, levels, region, tinted, weight };
})();
