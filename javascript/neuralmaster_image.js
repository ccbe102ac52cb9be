// The opened picture in the browser: itself, and copies at a half, a quarter, … of its size, so that
// drawing it small is quick and smooth.
globalThis.neuralmasterImage ??= (() => {
  "use strict";
  const SMALLEST = 512; // pixels of a side at which halving ends

  function canvasOf(width, height) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    return canvas;
  }

  // An image of an ImageData's pixels.
  function canvasWith(pixels, width, height) {
    const canvas = canvasOf(width, height);
    canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
    return canvas;
  }

  // A picture's file, opened; undefined if the browser cannot read it.
  async function read(file) {
    const bitmap = await createImageBitmap(file).catch(() => undefined);
    return bitmap && open(bitmap);
  }

  async function open(bitmap) {
    const { width, height } = bitmap;
    const copies = [bitmap];
    while (Math.max(copies.at(-1).width, copies.at(-1).height) / 2 >= SMALLEST) {
      copies.push(halved(copies.at(-1)));
      await new Promise((go) => setTimeout(go)); // the page goes on meanwhile
    }
    return { width, height, copies };
  }

  function halved(image) {
    const copy = canvasOf(Math.ceil(image.width / 2), Math.ceil(image.height / 2));
    const pen = copy.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(image, 0, 0, image.width / 2, image.height / 2);
    return copy;
  }

  function close(picture) {
    picture?.copies[0].close?.();
  }

  // The pixels of a picture's file, unchanged: a mask's.
  async function pixels(blob) {
    const exactly = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
    const bitmap = await createImageBitmap(blob, exactly);
    const canvas = canvasOf(bitmap.width, bitmap.height);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(bitmap, 0, 0);
    const { data, width, height } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    bitmap.close();
    return { data, width, height };
  }

  function colourAt(image, x, y) {
    const pen = canvasOf(1, 1).getContext("2d");
    pen.drawImage(image, Math.floor(x), Math.floor(y), 1, 1, 0, 0, 1, 1);
    const levels = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    return `#${levels.map((level) => level.toString(16).padStart(2, "0")).join("")}`;
  }

  return { canvasOf, canvasWith, close, colourAt, open, pixels, read };
})();
