// Pictures that come to the studio and leave it, as files.
globalThis.neuralmasterPictures ??= (() => {
  "use strict";

  // The first picture among files that were dropped or pasted; undefined if there is none.
  function firstPicture(files) {
    return [...(files ?? [])].find((file) => file.type.startsWith("image/"));
  }

  // Of the <img> elements of the WebUI's tabs, the one to take: the visible one if there is any.
  // An empty canvas of Forge has an <img> without src.
  function toTake(images) {
    const full = images.filter((image) => image?.getAttribute("src"));
    return full.find((image) => image.offsetParent) ?? full[0];
  }

  async function asFile(url, name) {
    const content = await (await fetch(url)).blob();
    return new File([content], name, { type: content.type });
  }

  // A file as a data URL.
  function asUrl(file) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(file);
    });
  }

  // Gives a file to an <input type=file>, as if it had been chosen there.
  function put(input, file) {
    const list = new DataTransfer();
    list.items.add(file);
    input.files = list.files;
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  }

  return { asFile, asUrl, firstPicture, put, toTake };
})();
