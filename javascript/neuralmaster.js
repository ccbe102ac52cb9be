// Shows the panel "NeuralMaster" while it is chosen under Masked content, and hides it otherwise.
(() => {
  "use strict";
  let watched = null;

  function update() {
    const panel = gradioApp().querySelector("#neuralmaster");
    if (!panel) return;
    const chosen = gradioApp().querySelector("#img2img_inpainting_fill label.selected");
    const controls = gradioApp().querySelector("#inpaint_controls");
    const shown = controls && controls.getClientRects().length > 0;
    panel.style.display = shown && chosen?.textContent.trim() === "NeuralMaster" ? "" : "none";
  }

  // The choice changes by a click, and also when an infotext is pasted, which tells nobody.
  onAfterUiUpdate(() => {
    const controls = gradioApp().querySelector("#inpaint_controls");
    if (controls && controls !== watched) {
      watched = controls;
      new MutationObserver(update).observe(controls, {
        subtree: true,
        childList: true,
        attributes: true,
        attributeFilter: ["class"],
      });
    }
    update();
  });
})();
