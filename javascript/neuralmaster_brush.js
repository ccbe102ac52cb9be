// The brush: the stroke under way, those that Python has not drawn yet, and where the brush is.
globalThis.neuralmasterBrush ??= (() => {
  "use strict";
  const FINE = 3; // CSS pixels of a box's line
  const SMALLEST = 5; // CSS pixels of the cursor, however thin the brush is
  let drawing = null; // the stroke under way
  let last = null; // where the last stroke ended, for a straight line from there
  let place = null; // of the brush, in shares of the picture

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);
  const controls = () => neuralmasterControls;
  const isBox = (tool) => controls().toolOf(tool)?.shape === "box";

  // tool: of a pen's other end; else the one that is chosen.
  function start(isLine = false, tool = controls().tool()) {
    place ??= neuralmasterStrokes.MIDDLE;
    const first = isLine && last && !isBox(tool) ? last : place;
    drawing = neuralmasterStrokes.started(controls().layer(), tool, controls().brush(), first);
    if (first !== place) extend();
    neuralmasterCanvas.redrawStrokes();
  }

  function extend() {
    neuralmasterStrokes.extend(drawing, place, isBox(drawing.tool));
  }

  // The brush goes to a place; a stroke under way follows it.
  function moveTo(next) {
    place = next;
    if (drawing) {
      extend();
      neuralmasterCanvas.redrawStrokes();
    }
    drawCursor();
  }

  // The next act is the stroke that has been drawn.
  function finish() {
    if (!drawing) return;
    last = drawing.points.at(-1).slice(0, 2);
    const act = neuralmasterStrokes.act(drawing, neuralmasterCanvas.size());
    drawing = null;
    neuralmasterStudio.act(act);
  }

  function cancel() {
    drawing = null;
    neuralmasterCanvas.redrawStrokes();
  }

  function hide() {
    place = null;
    drawCursor();
  }

  function moveBy(key, isFast) {
    const next = neuralmasterStrokes.moved(place, key, isFast);
    if (next) moveTo(next);
    return Boolean(next);
  }

  // The cursor is an element of its own: it moves without anything being drawn.
  function drawCursor() {
    const cursor = find("#nm_canvas .nm-cursor");
    cursor.hidden = !place || !neuralmasterCanvas.isOpen() || isBox(controls().tool());
    if (cursor.hidden) return;
    const [x, y] = neuralmasterCanvas.toPane(place);
    const wide = Math.max(SMALLEST, controls().brush() * neuralmasterCanvas.getScale());
    cursor.style.width = cursor.style.height = `${wide}px`;
    cursor.style.transform = `translate(${x - wide / 2}px, ${y - wide / 2}px)`;
  }

  // Draws in pixels of the picture.
  function drawStrokes(pen, picture, view) {
    const waiting = neuralmasterStudio.pendingStrokes().map((act) => ({
      ...act,
      brush: act.brush * Math.max(picture.width, picture.height),
    }));
    for (const stroke of [...waiting, drawing].filter(Boolean)) {
      drawStroke(pen, stroke, picture, view);
    }
  }

  function drawStroke(pen, stroke, picture, view) {
    const points = neuralmasterStrokes.toPixels(stroke.points, picture.width, picture.height);
    const { colour, opacity } = neuralmasterLook.tintOf(stroke.layer);
    pen.save();
    pen.strokeStyle = pen.fillStyle = colour;
    pen.globalAlpha = Math.max(0.25, opacity / 100);
    if (isBox(stroke.tool)) drawBox(pen, points, view);
    else drawPath(pen, stroke, points);
    pen.restore();
  }

  function drawBox(pen, points, view) {
    const [[x, y]] = points;
    const [toX, toY] = points.at(-1);
    pen.globalAlpha = 1;
    pen.lineWidth = FINE / view.scale;
    pen.strokeRect(x, y, toX - x, toY - y);
  }

  // What was there gives way first, so that a layer is nowhere tinted twice.
  function drawPath(pen, stroke, points) {
    const fill = pathOf(stroke, points);
    pen.globalCompositeOperation = "destination-out";
    const alpha = pen.globalAlpha;
    pen.globalAlpha = 1;
    fill(pen);
    if (controls().toolOf(stroke.tool)?.erases) return;
    pen.globalCompositeOperation = "source-over";
    pen.globalAlpha = alpha;
    fill(pen);
  }

  // A function that draws the stroke with a pen.
  function pathOf(stroke, points) {
    if (stroke.points[0].length === 3) return taperedPath(stroke, points);
    const path = new Path2D();
    path.moveTo(...points[0]);
    for (const point of points) path.lineTo(...point);
    return (pen) => {
      pen.lineCap = pen.lineJoin = "round";
      pen.lineWidth = stroke.brush;
      pen.stroke(path);
    };
  }

  function taperedPath(stroke, points) {
    const radii = stroke.points.map(([, , pressure]) =>
      Math.max(0.5, (stroke.brush * pressure) / 2),
    );
    const { circles, quads } = neuralmasterStrokes.tapered(points, radii);
    const path = new Path2D();
    for (const [x, y, radius] of circles) {
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
    }
    for (const [from, ...others] of quads) {
      path.moveTo(...from);
      for (const corner of others) path.lineTo(...corner);
      path.closePath();
    }
    return (pen) => pen.fill(path);
  }

  return {
    cancel,
    drawCursor,
    drawStrokes,
    finish,
    hide,
    moveBy,
    moveTo,
    start,
    isDrawing: () => Boolean(drawing),
    newPicture: () => (last = null),
  };
})();
