// What joins this page to its desk in Python (neuralmaster/studio/routes.py).
globalThis.neuralmasterSession ??= (() => {
  "use strict";
  const HEARTBEAT = 60000; // milliseconds
  const PATIENCE = 60000; // milliseconds for an answer to acts
  let key = ""; // of the session, and its login

  // Why a request has no result. isAway: nobody answered; isLost: Python has no such session or no
  // picture in it; isRefused: it will never do what was asked. The message is for the person.
  class RequestError extends Error {
    constructor(message, { isAway = false, isLost = false, isRefused = false } = {}) {
      super(message);
      Object.assign(this, { isAway, isLost, isRefused });
    }
  }

  function address(path) {
    const root = location.pathname.replace(/\/*$/, "");
    return `${root}/neuralmaster/v1/studio${path}`;
  }

  async function asked(path, options = {}) {
    let answer;
    try {
      answer = await fetch(address(path), options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new RequestError("The studio's server does not answer.", { isAway: true });
    }
    if (!answer.ok) throw failure(answer.status, await answer.text().catch(() => ""));
    return answer;
  }

  function failure(status, text) {
    if (status === 401) {
      return new RequestError(
        "You are not logged in any more: reload this page. Your work is kept.",
      );
    }
    const isAway = status >= 500 || status === 408;
    const isLost = status === 404 || status === 410;
    const kind = { isAway, isLost, isRefused: !isAway && !isLost };
    return new RequestError(sentence(text) || `The server refused (${status}).`, kind);
  }

  function sentence(text) {
    try {
      return String(JSON.parse(text).detail ?? "");
    } catch {
      return "";
    }
  }

  async function start() {
    const answer = await asked("", { method: "POST" });
    ({ key } = await answer.json());
  }

  // Within a session; a new one is started if there is none.
  async function within(path, options) {
    if (!key) await start();
    return asked(`/${key}${path}`, options);
  }

  async function act(message) {
    const signal = AbortSignal.timeout?.(PATIENCE);
    try {
      const answer = await within("/act", {
        method: "POST",
        body: JSON.stringify(message),
        signal,
      });
      return await answer.json();
    } catch (error) {
      if (error instanceof RequestError) throw error;
      throw new RequestError("The studio's server does not answer.", { isAway: true });
    }
  }

  // Opens a picture anew. report: told the share that has been sent; signal: cancels.
  async function open(file, name, preset, { report, signal }) {
    if (!key) await start();
    const query = new URLSearchParams({ name, preset });
    try {
      return await upload(`/${key}/open?${query}`, file, report, signal);
    } catch (error) {
      if (!error.isLost) throw error;
      await start();
      return await upload(`/${key}/open?${query}`, file, report, signal);
    }
  }

  // fetch cannot tell how far an upload is.
  function upload(path, file, report, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", address(path));
      request.upload.onprogress = ({ loaded, total }) => report(total ? loaded / total : 1);
      request.onload = () => {
        const { status, responseText } = request;
        if (status === 200) resolve(JSON.parse(responseText));
        else reject(failure(status, responseText));
      };
      request.onerror = () =>
        reject(new RequestError("The studio's server does not answer.", { isAway: true }));
      request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
      signal?.addEventListener("abort", () => request.abort());
      request.send(file);
    });
  }

  const json = async (path, options) => (await within(path, options)).json();
  const blob = async (path, options) => (await within(path, options)).blob();

  function part(what, box, size, signal) {
    const edges = [box.left, box.upper, box.right, box.lower].join();
    return blob(`/part/${what}?box=${edges}&size=${size.width},${size.height}`, { signal });
  }

  // Python keeps this page's picture for as long as it hears of the page: see sessions.py.
  function tell(state) {
    if (key) asked(`/${key}/${state}`, { method: "POST", keepalive: true }).catch(() => {});
  }

  const tellState = () => tell(document.hidden ? "hidden" : "shown");

  document.addEventListener("visibilitychange", tellState);
  window.addEventListener("pagehide", (event) => tell(event.persisted ? "left" : "closed"));
  window.addEventListener("pageshow", (event) => event.persisted && tellState());
  setInterval(tellState, HEARTBEAT);
  // The next request starts another session.
  function forget() {
    key = "";
  }

  return { act, blob, forget, json, open, part, getKey: () => key };
})();
