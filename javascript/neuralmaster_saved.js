// Work kept in the browser (IndexedDB): the picture's file, the acts, and when. It outlives a reload,
// a crash and an outage. Without a store (a private window, a full disk) the studio works as well.
// What is put there while the page is left may not reach the disk: the browser ends it with the page.
// A note (localStorage, written at once) stands in for it until then.
globalThis.neuralmasterSaved ??= (() => {
  "use strict";
  const NAME = "neuralmaster";
  const NOTE = `${NAME}-note-`; // and the id of its work
  const KEPT = 3; // works of other pages, the newest
  const LEAVING = 1000; // milliseconds, at most, in which a page that is left still holds its work
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

  const lockOf = (id) => `${NAME}-${id}`;

  // Says that a page is at this work, so that no other offers it; where locks are known.
  function hold() {
    isHeld = true;
    navigator.locks?.request(lockOf(OWN), () => new Promise(() => {}));
  }

  // Waits for a page that is being left: after a reload the old one is there for a moment yet.
  async function released({ id }) {
    const options = { signal: AbortSignal.timeout(LEAVING) };
    await navigator.locks?.request(lockOf(id), options, () => {}).catch(() => {});
  }

  async function heldLocks() {
    const { held } = (await navigator.locks?.query()) ?? { held: [] };
    return held.map(({ name }) => name);
  }

  const recordOf = (work) => ({ ...work, id: OWN, time: Date.now() });

  async function put(work, picture) {
    if (!isHeld) hold();
    const record = recordOf(work);
    await stored("readwrite", (works, pictures) => {
      if (picture) pictures.put(picture, record.id);
      return works.put(record);
    });
  }

  // As put() while the page is left.
  async function putLast(work) {
    const isNoted = noted(recordOf(work));
    await put(work);
    if (isNoted) localStorage.removeItem(NOTE + OWN); // the page is still there
  }

  // Whether there was room for a note.
  function noted(record) {
    try {
      localStorage.setItem(NOTE + record.id, JSON.stringify(record));
      return true;
    } catch {
      return false;
    }
  }

  // Puts the works that were noted where they belong.
  async function takeNotes() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(NOTE));
    for (const key of keys) {
      const note = JSON.parse(localStorage.getItem(key));
      await stored("readwrite", (works) => {
        const request = works.get(note.id);
        request.onsuccess = () => request.result?.time < note.time && works.put(note);
      });
      localStorage.removeItem(key);
    }
  }

  // The newest work that no other page is at, with its picture; null if there is none. A picture to
  // which nothing was done is no work.
  async function newest() {
    await takeNotes();
    const all = await stored("readonly", (works) => works.getAll());
    await Promise.all(all.map(released));
    const held = await heldLocks();
    const free = all.filter(({ id }) => !held.includes(lockOf(id)));
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

  return { newest, put, putLast, remove };
})();
