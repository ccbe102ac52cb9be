// Work kept in the browser (IndexedDB): the picture's file, the acts, and when. It outlives a reload,
// a crash and an outage. Without a store (a private window, a full disk) the studio works as well.
globalThis.neuralmasterSaved ??= (() => {
  "use strict";
  const NAME = "neuralmaster";
  const KEPT = 3; // works of other pages, the newest
  const OWN = `${Date.now()}-${Math.random().toString(36).slice(2)}`; // this page's work
  let opening = null;
  let isHeld = false;

  function database() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("works", { keyPath: "id" });
        request.result.createObjectStore("pictures");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opening;
  }

  // Runs `use` on both stores; resolves to what its request gives when all of it is on the disk.
  async function stored(mode, use) {
    const transaction = (await database()).transaction(["works", "pictures"], mode);
    const request = use(transaction.objectStore("works"), transaction.objectStore("pictures"));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  // Says that a page is at this work, so that no other offers it; where locks are known.
  function hold() {
    isHeld = true;
    navigator.locks?.request(`${NAME}-${OWN}`, () => new Promise(() => {}));
  }

  async function heldIds() {
    const { held } = (await navigator.locks?.query()) ?? { held: [] };
    return held.map(({ name }) => name);
  }

  async function put(work, picture) {
    if (!isHeld) hold();
    const record = { ...work, id: OWN, time: Date.now() };
    await stored("readwrite", (works, pictures) => {
      if (picture) pictures.put(picture, record.id);
      return works.put(record);
    });
  }

  // The newest work that no other page is at, with its picture; null if there is none. A picture to
  // which nothing was done is no work.
  async function newest() {
    const held = await heldIds();
    const all = await stored("readonly", (works) => works.getAll());
    const free = all.filter(({ id }) => !held.includes(`${NAME}-${id}`));
    free.sort((one, other) => other.time - one.time);
    const works = free.filter(({ acts }) => acts.length).slice(0, KEPT);
    for (const one of free) if (!works.includes(one)) await remove(one.id);
    const [work] = works;
    if (!work) return null;
    const picture = await stored("readonly", (_, pictures) => pictures.get(work.id));
    return picture ? { ...work, picture } : null;
  }

  function remove(id) {
    return stored("readwrite", (works, pictures) => {
      pictures.delete(id);
      return works.delete(id);
    });
  }

  return { newest, put, remove };
})();
