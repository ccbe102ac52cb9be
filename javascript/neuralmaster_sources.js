// Where pictures and masks come from, other than by being dropped or chosen.
globalThis.neuralmasterSources ??= (() => {
  "use strict";
  const studio = () => neuralmasterStudio;
  const say = (text) => neuralmasterControls.say(text);

  // In the WebUI alone: the picture of img2img, and the mask that is there.
  async function fromImg2img() {
    const { picture, mask } = await neuralmasterImg2img.taken();
    if (!picture) return say("There is no picture in img2img yet.");
    const isOpen = await studio().open(picture);
    if (isOpen && mask) await uploadMask(mask);
  }

  async function uploadMask(file) {
    const picture = await neuralmasterPictures.asUrl(file);
    studio().act({ act: "mask", layer: neuralmasterControls.layer(), name: file.name, picture });
  }

  async function example() {
    try {
      const content = await neuralmasterSession.blob("/example");
      await studio().open(new File([content], "example.png", { type: content.type }));
    } catch (error) {
      say(error.message);
    }
  }

  return { example, fromImg2img, uploadMask };
})();
