// The two panes: the picture with its mask, and the picture as it is filled. Both show the same part.
// The picture is the browser's own; mask and fill come from Python (neuralmaster_views.js).
globalThis.neuralmasterCanvas ??= (() => {
  "use strict";
  const ROOM = "#808080"; // behind what is transparent
  let picture = null; // see neuralmaster_image.js
  let number = 0; // of the pictures so far
  let view = null;
  let isFit = true;
  let look = {}; // how it is compared, and what is held: see neuralmaster_controls.js
  let due = 0; // the request of the next frame
  let isAllDue = false; // it is not for the strokes alone
  let seen = ""; // how the left half shows the picture

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);
  const geometry = () => neuralmasterGeometry;
  const views = () => neuralmasterViews;
  const isOpen = () => Boolean(picture);
  const canvases = () => document.querySelectorAll("#neuralmaster_studio .nm-pane canvas");
  const ratio = () => window.devicePixelRatio || 1;

  function pane() {
    const { clientWidth: width, clientHeight: height } = find("#nm_canvas");
    return { width: Math.max(1, width), height: Math.max(1, height) };
  }

  // A picture that was opened or extended.
  function open(opened) {
    const isLike = picture && picture.width === opened.width && picture.height === opened.height;
    neuralmasterImage.close(picture);
    picture = opened;
    number += 1;
    views().clear();
    if (!isLike) isFit = true;
    settle();
  }

  // A picture that could not be opened after all.
  function close() {
    neuralmasterImage.close(picture);
    picture = null;
    for (const canvas of canvases()) canvas.width = 0;
  }

  function setLook(changes) {
    look = { ...look, ...changes };
    views().setNeedsHost(look.compared === "host");
    redraw();
  }

  // What is in view, and in how many pixels.
  function inView() {
    const box = isOpen() && view && geometry().visible(view, picture, pane());
    return { box, scale: view?.scale, ratio: ratio() };
  }

  // Draws all with the next frame.
  function redraw() {
    isAllDue = true;
    redrawStrokes();
  }

  // Draws the mask with the strokes over it: nothing else changes while a stroke is drawn.
  function redrawStrokes() {
    due ||= requestAnimationFrame(drawNow);
  }

  // What has come is seen with the next frame, if it is drawn before.
  function drawNow() {
    cancelAnimationFrame(due);
    due = 0;
    if (isOpen()) draw();
  }

  // The view as it can be: the panes may have another size by now.
  function settle() {
    if (isFit) view = geometry().fit(picture, pane());
    view = geometry().kept(view, picture, pane());
  }

  function draw() {
    settle();
    const room = pane();
    const [left, marks, right] = canvases();
    for (const canvas of canvases()) resize(canvas, room);
    drawMarks(prepared(marks));
    if (!isAllDue) return;
    isAllDue = false;
    drawLeft(left);
    drawResult(prepared(right), room);
    find("#nm_canvas").dispatchEvent(new CustomEvent("nm-drawn", { detail: view.scale * ratio() }));
  }

  function resize(canvas, { width, height }) {
    const size = { width: Math.round(width * ratio()), height: Math.round(height * ratio()) };
    if (canvas.width === size.width && canvas.height === size.height) return;
    Object.assign(canvas, size);
    isAllDue = true;
  }

  // A pen that draws in pixels of the picture, on an empty canvas.
  function prepared(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    const scale = view.scale * ratio();
    // at whole pixels of the screen, or every pixel of the picture would be blurred
    const x = Math.round(canvas.width / 2 - view.x * scale);
    const y = Math.round(canvas.height / 2 - view.y * scale);
    pen.setTransform(scale, 0, 0, scale, x, y);
    pen.imageSmoothingEnabled = scale < geometry().SHARP;
    pen.imageSmoothingQuality = "high";
    return pen;
  }

  function drawLeft(canvas) {
    const now = JSON.stringify([number, view, canvas.width, canvas.height, ratio()]);
    if (now !== seen) drawPicture(prepared(canvas));
    seen = now;
  }

  function drawPicture(pen) {
    const { width, height, copies } = picture;
    const copy = copies[geometry().halvings(view.scale, ratio(), copies.length - 1)];
    pen.fillStyle = ROOM;
    pen.fillRect(0, 0, width, height);
    pen.drawImage(copy, 0, 0, width, height);
  }

  // The whole of it small, and over it the part that is there in more pixels. small: gives the image,
  // made only if some of it is seen.
  function drawImages(pen, small, sharp) {
    if (small && !(sharp && isCovered())) drawSmall(pen, small(), sharp);
    if (sharp) pen.drawImage(sharp, ...edges());
  }

  const isCovered = () => geometry().within(inView().box, views().getPart().box);

  function drawSmall(pen, small, sharp) {
    if (!small) return;
    const { factor } = views().getWhole();
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, picture.width, picture.height);
    if (sharp) pen.rect(...edges());
    pen.clip("evenodd");
    pen.drawImage(small, 0, 0, small.width * factor, small.height * factor);
    pen.restore();
  }

  function edges() {
    const { left, upper, right, lower } = views().getPart().box;
    return [left, upper, right - left, lower - upper];
  }

  function drawMarks(pen) {
    if (look.isHidden) return;
    const { mask, box } = views().getPart();
    if (mask && isCovered() && !pen.imageSmoothingEnabled) {
      pen.drawImage(mask.flat(), ...edges());
      neuralmasterOutline.draw(pen, mask.lines(), box, mask.pixels.width, view.scale);
    } else drawImages(pen, views().getWhole().mask?.tint, mask?.tint());
    neuralmasterBrush.drawStrokes(pen, picture, view);
  }

  function drawResult(pen, room) {
    drawPicture(pen);
    drawImages(pen, views().getWhole().filled, views().getPart().filled);
    const share = look.isBefore ? 1 : look.cut;
    if (!share) return;
    const [x] = geometry().toPicture(view, room, [room.width * share, 0]);
    pen.save();
    pen.beginPath();
    pen.rect(-picture.width, -picture.height, x + picture.width, 3 * picture.height);
    pen.clip();
    drawCompared(pen);
    pen.restore();
  }

  function drawCompared(pen) {
    drawPicture(pen);
    if (look.compared === "host") drawImages(pen, null, views().getPart().host);
    if (look.compared !== "mask") return;
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, picture.width, picture.height);
    drawImages(pen, views().getWhole().mask?.plain, views().getPart().mask?.plain());
  }

  function fit() {
    if (!isOpen()) return;
    isFit = true;
    settle();
    views().changed();
  }

  function move(next) {
    isFit = false;
    view = next;
    views().changed();
  }

  // at: a place of the pane; its middle by default
  function zoom(factor, at) {
    if (!isOpen()) return;
    const room = pane();
    const place = at ?? [room.width / 2, room.height / 2];
    move(geometry().zoomed(view, picture, room, place, factor));
  }

  const zoomTo = (scale) => isOpen() && zoom(scale / ratio() / view.scale);
  const pan = (way) => move(geometry().panned(view, picture, pane(), way));
  const pinch = (before, after) => move(geometry().pinched(view, picture, pane(), before, after));

  // Places of the pane to shares of the picture, and back.
  function toShare(at) {
    const [x, y] = geometry().toPicture(view, pane(), at);
    return [x / picture.width, y / picture.height];
  }

  const toPane = ([x, y]) =>
    geometry().toPane(view, pane(), [x * picture.width, y * picture.height]);

  // The picture's own colour as #rrggbb; null beside it.
  function colourAt([x, y]) {
    if (x < 0 || y < 0 || x >= 1 || y >= 1) return null;
    return neuralmasterImage.colourAt(picture.copies[0], x * picture.width, y * picture.height);
  }

  return {
    close,
    colourAt,
    fit,
    inView,
    isOpen,
    open,
    pan,
    pinch,
    drawNow,
    redraw,
    redrawStrokes,
    setLook,
    toPane,
    toShare,
    zoom,
    zoomTo,
    isShowing: (opened) => picture === opened,
    getScale: () => view?.scale ?? 1,
    size: () => picture && { width: picture.width, height: picture.height },
  };
})();
