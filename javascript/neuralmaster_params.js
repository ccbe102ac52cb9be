// The controls of the parameters of the fill, by the kind of their values (see markup.py).
globalThis.neuralmasterParams ??= (() => {
  "use strict";
  let picking = ""; // the parameter that gets the next colour

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);

  // Shows a parameter's value; a field that is being typed in is left alone.
  function show(name, value) {
    const control = find(`[data-param="${name}"]`);
    if (!control) return;
    if (control.matches("fieldset")) showChoice(control, value);
    else showField(control, value);
  }

  function showChoice(control, value) {
    for (const input of control.querySelectorAll("input")) input.checked = input.value === value;
  }

  function showField(control, value) {
    const input = control.querySelector("input");
    if (input.type === "checkbox") input.checked = value;
    else if (document.activeElement !== input || input.type === "range") input.value = value;
    const output = control.querySelector("output");
    if (output) output.value = value;
  }

  // A parameter's value as Python takes it.
  function value(control) {
    const input = control.querySelector(control.matches("fieldset") ? "input:checked" : "input");
    if (input.type === "checkbox") return input.checked;
    return control.dataset.kind === "number" ? Number(input.value) : input.value;
  }

  // The eyedropper: the next click on a pane gives a parameter the colour that is there.
  function startPicking(name) {
    picking = picking === name ? "" : name;
    showPicking();
  }

  function showPicking() {
    for (const button of document.querySelectorAll("#neuralmaster_studio [data-pick]")) {
      button.setAttribute("aria-pressed", button.dataset.pick === picking);
    }
  }

  // share: a place of the picture, in shares of it
  function pick(share) {
    const colour = neuralmasterCanvas.colourAt(share);
    if (colour) neuralmasterStudio.act({ act: "params", values: { [picking]: colour } });
    picking = "";
    showPicking();
  }

  return { pick, show, startPicking, value, isPicking: () => Boolean(picking) };
})();
