// The outlines of the mask where single pixels are seen: thin lines between them, that hide nothing.
// Further out, outlines are pixels: see neuralmaster_tint.js.
globalThis.neuralmasterOutline ??= (() => {
  "use strict";
  const THICK = 1.5; // CSS pixels of a line
  const LAYERS = { source: 0x8000, inpaint: 0x80 }; // the bit of a pixel that is set where it is marked

  // The edges of what is marked, as [x, y, toX, toY] in pixels of the mask; its border is no edge.
  // pixels: { data, width, height } as of an ImageData.
  function edges({ data, width, height }, bit) {
    const cells = new Uint32Array(data.buffer);
    const isEdge = (one, other) => Boolean((cells[one] ^ cells[other]) & bit);
    const found = [];
    for (let y = 1; y < height; y++) {
      const at = y * width;
      runs(
        width,
        (x) => isEdge(at + x - width, at + x),
        (from, to) => found.push([from, y, to, y]),
      );
    }
    for (let x = 1; x < width; x++) {
      const isAt = (y) => isEdge(y * width + x - 1, y * width + x);
      runs(height, isAt, (from, to) => found.push([x, from, x, to]));
    }
    return found;
  }

  // Calls `found` for each row of places in which something is.
  function runs(length, isAt, found) {
    for (let k = 0; k < length; k++) {
      const start = k;
      while (k < length && isAt(k)) k++;
      if (k > start) found(start, k);
    }
  }

  // A look whose outlines are not drawn as pixels.
  function without({ inpaint, source }) {
    return { inpaint: { ...inpaint, outline: false }, source: { ...source, outline: false } };
  }

  // What is to be drawn of a mask that looks like that.
  function lines(pixels, look) {
    return Object.entries(LAYERS)
      .filter(([layer]) => look[layer].outline)
      .map(([layer, bit]) => ({ colour: look[layer].colour, path: pathOf(edges(pixels, bit)) }));
  }

  function pathOf(found) {
    const path = new Path2D();
    for (const [x, y, toX, toY] of found) {
      path.moveTo(x, y);
      path.lineTo(toX, toY);
    }
    return path;
  }

  // Draws in pixels of the picture. box: of the mask, which has so many columns; scale: CSS pixels for
  // one of the picture.
  function draw(pen, found, { left, upper, right }, columns, scale) {
    const cell = (right - left) / columns;
    pen.save();
    pen.translate(left, upper);
    pen.scale(cell, cell);
    pen.lineWidth = THICK / scale / cell;
    pen.lineCap = "square";
    for (const { colour, path } of found) {
      pen.strokeStyle = colour;
      pen.stroke(path);
    }
    pen.restore();
  }

  return { draw, edges, lines, without };
})();
