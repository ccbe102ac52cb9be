// How the mask looks, and how the result is compared.
globalThis.neuralmasterLook ??= (() => {
  "use strict";
  const LOOK = "neuralmaster_look"; // in localStorage
  const FLICKER = 500; // milliseconds of each picture
  let flicker = 0;

  const find = (selector) => document.querySelector(`#neuralmaster_studio ${selector}`);
  const all = (selector) => [...document.querySelectorAll(`#neuralmaster_studio ${selector}`)];
  const compared = () => find("#nm_compared input:checked").value;

  // How the mask is shown.
  function tints() {
    try {
      return neuralmasterTint.checked(JSON.parse(localStorage.getItem(LOOK)));
    } catch {
      return neuralmasterTint.checked(null);
    }
  }

  const tintOf = (name) => tints()[name];

  function showTints() {
    for (const row of all("#nm_look [data-layer]")) {
      const { colour, opacity, outline } = tintOf(row.dataset.layer);
      row.querySelector("[data-look=colour]").value = colour;
      row.querySelector("[data-look=opacity]").value = opacity;
      row.querySelector("[data-look=outline]").checked = outline;
    }
    neuralmasterViews.setTints(tints());
  }

  function keepTints() {
    const look = {};
    for (const row of all("#nm_look [data-layer]")) {
      look[row.dataset.layer] = {
        colour: row.querySelector("[data-look=colour]").value,
        opacity: Number(row.querySelector("[data-look=opacity]").value),
        outline: row.querySelector("[data-look=outline]").checked,
      };
    }
    localStorage.setItem(LOOK, JSON.stringify(look));
    showTints();
  }

  const hideMask = (isHidden) => neuralmasterCanvas.setLook({ isHidden });
  const showBefore = (isBefore) => neuralmasterCanvas.setLook({ isBefore });
  const cut = () => Number(find("#nm_cut").value) / 100;

  function setCut(share) {
    find("#nm_cut").value = Math.min(100, Math.max(0, share * 100));
    showCut();
  }

  function showCut() {
    const line = find("#nm_stage .nm-line");
    line.hidden = !neuralmasterCanvas.isOpen();
    line.style.left = `${cut() * 100}%`;
    neuralmasterCanvas.setLook({ compared: compared(), cut: cut() });
  }

  // What is compared with is seen by the line, held or flickering; so the line shows some of it.
  function compareWith() {
    if (!cut() && compared() !== "original") setCut(0.5);
    else showCut();
  }

  function toggleFlicker() {
    const isOn = !flicker;
    clearInterval(flicker);
    flicker = 0;
    let isBefore = false;
    const turn = () => {
      isBefore = !isBefore;
      showBefore(isBefore);
    };
    if (isOn) flicker = setInterval(turn, FLICKER);
    showBefore(false);
    find("#nm_flicker").setAttribute("aria-pressed", isOn);
  }

  return {
    compareWith,
    cut,
    hideMask,
    keepTints,
    setCut,
    showBefore,
    showCut,
    showTints,
    tintOf,
    toggleFlicker,
  };
})();
