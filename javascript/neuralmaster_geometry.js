// How the picture lies in its pane: nothing of the page.
// A view is { scale, x, y }: CSS pixels for one pixel of the picture, and the place of the picture, in
// its pixels, that is in the middle of the pane. Sizes are { width, height }, places [x, y].
globalThis.neuralmasterGeometry ??= (() => {
  "use strict";
  const LARGEST = 64; // CSS pixels for one of the picture
  const STEP = 1.25; // one press of a key or button
  const WHEEL = 400; // CSS pixels of a wheel's way that zoom by e
  const LINE = 16; // CSS pixels of a line, where a wheel counts lines
  const SHARP = 2; // screen pixels for one of the picture, from which on those are seen as squares

  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

  function fit(picture, pane) {
    const scale = Math.min(pane.width / picture.width, pane.height / picture.height);
    return { scale, x: picture.width / 2, y: picture.height / 2 };
  }

  function toPane(view, pane, [x, y]) {
    return [
      (x - view.x) * view.scale + pane.width / 2,
      (y - view.y) * view.scale + pane.height / 2,
    ];
  }

  function toPicture(view, pane, [x, y]) {
    return [
      (x - pane.width / 2) / view.scale + view.x,
      (y - pane.height / 2) / view.scale + view.y,
    ];
  }

  // Moved so that the pane shows as much of the picture as it can.
  function kept(view, picture, pane) {
    const along = (at, length, room) => {
      const half = room / view.scale / 2;
      return length <= 2 * half ? length / 2 : clamp(at, half, length - half);
    };
    return {
      scale: view.scale,
      x: along(view.x, picture.width, pane.width),
      y: along(view.y, picture.height, pane.height),
    };
  }

  // The same view with what is at `from` of the picture at `at` of the pane.
  function withPlace(scale, pane, from, at) {
    return {
      scale,
      x: from[0] - (at[0] - pane.width / 2) / scale,
      y: from[1] - (at[1] - pane.height / 2) / scale,
    };
  }

  // A whole number if it is one but for rounding: then pixels are shown as they are.
  function whole(scale) {
    const near = Math.round(scale);
    return Math.abs(scale - near) < 1e-9 ? near : scale;
  }

  // Larger by a factor; what is at the place `at` of the pane stays there.
  function zoomed(view, picture, pane, at, factor) {
    const smallest = Math.min(1, fit(picture, pane).scale) / 2;
    const scale = whole(clamp(view.scale * factor, smallest, Math.max(LARGEST, smallest)));
    return kept(withPlace(scale, pane, toPicture(view, pane, at), at), picture, pane);
  }

  function panned(view, picture, pane, [dx, dy]) {
    const moved = { ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale };
    return kept(moved, picture, pane);
  }

  const middle = ([[a, b], [c, d]]) => [(a + c) / 2, (b + d) / 2];
  const distance = ([[a, b], [c, d]]) => Math.hypot(a - c, b - d);

  // Two fingers have moved from `before` to `after`, both two places of the pane.
  function pinched(view, picture, pane, before, after) {
    const from = middle(before);
    const to = middle(after);
    const moved = panned(view, picture, pane, [to[0] - from[0], to[1] - from[1]]);
    return zoomed(moved, picture, pane, to, distance(after) / Math.max(1, distance(before)));
  }

  // The part of the picture that the pane shows, in whole pixels; null if none.
  function visible(view, picture, pane) {
    const [left, upper] = toPicture(view, pane, [0, 0]).map(Math.floor);
    const [right, lower] = toPicture(view, pane, [pane.width, pane.height]).map(Math.ceil);
    const box = {
      left: Math.max(0, left),
      upper: Math.max(0, upper),
      right: Math.min(picture.width, right),
      lower: Math.min(picture.height, lower),
    };
    return box.left < box.right && box.upper < box.lower ? box : null;
  }

  // By how much a wheel zooms. mode: of the WheelEvent; 1 counts lines.
  function wheelFactor(way, mode) {
    return Math.exp(clamp(-way * (mode === 1 ? LINE : 1), -WHEEL, WHEEL) / WHEEL);
  }

  // How often a picture may be halved and still has a pixel for each of the screen. ratio: screen
  // pixels for one of CSS.
  function halvings(scale, ratio, most) {
    return clamp(Math.floor(Math.log2(1 / (scale * ratio))), 0, most);
  }

  // In how many pixels a part of the picture is wanted: those of the screen, or its own if fewer.
  function wanted(box, scale, ratio, most) {
    const along = (length) => clamp(Math.round(length * Math.min(1, scale * ratio)), 1, most);
    return { width: along(box.right - box.left), height: along(box.lower - box.upper) };
  }

  // Whether `box` shows no more than `part` does.
  function within(box, part) {
    const low = box.left >= part.left && box.upper >= part.upper;
    return low && box.right <= part.right && box.lower <= part.lower;
  }

  return {
    SHARP,
    STEP,
    fit,
    halvings,
    kept,
    panned,
    pinched,
    toPane,
    toPicture,
    visible,
    wanted,
    wheelFactor,
    within,
    zoomed,
  };
})();
