// Shows the panel "NeuralMaster" while it is chosen under Masked content, and hides it otherwise.
(() => {
  "use strict";
  let watched = null;

  const find = (selector) => gradioApp().querySelector(selector);
  const controls = () => find("#inpaint_controls") ?? find("#img2img_inpainting_fill");

  // A radio shows what is chosen as a selected label, a dropdown (ersatzForge) as its text.
  function chosen() {
    const content = find("#img2img_inpainting_fill");
    const label = content?.querySelector("label.selected");
    return label ? label.textContent.trim() : content?.querySelector("input[role=listbox]")?.value;
  }

  function update() {
    const panel = find("#neuralmaster");
    if (!panel) return;
    const shown = controls()?.getClientRects().length > 0;
    panel.style.display = shown && chosen() === "NeuralMaster" ? "" : "none";
  }

  // The choice changes by a click, and also when an infotext is pasted, which tells nobody.
  onAfterUiUpdate(() => {
    const now = controls();
    if (now && now !== watched) {
      watched = now;
      new MutationObserver(update).observe(now, {
        subtree: true,
        childList: true,
        attributes: true,
        attributeFilter: ["class"],
      });
      now.addEventListener("focusout", () => setTimeout(update, 100)); // of a dropdown
    }
    update();
  });
})();
