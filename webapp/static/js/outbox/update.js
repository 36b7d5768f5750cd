// @ts-check
// Offers a new version of the shell when the outbox is empty, and activates it when the person agrees.
import { listen } from "./channel.js";
import { count } from "./queue.js";

/** @type {ServiceWorker | null} */
let waiting = null;

async function offer() {
  const line = document.querySelector("[data-update]");
  if (!(line instanceof HTMLElement)) return;
  line.hidden = !waiting || (await count()).waiting > 0;
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  waiting = registration.waiting;
  void offer();
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && navigator.serviceWorker.controller) { waiting = fresh; void offer(); }
    });
  });
}

export function start() {
  if (!("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.ready.then(watch);
  listen((news) => { if (news.type === "queue") void offer(); });
  document.querySelector("[data-update-now]")?.addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting?.postMessage("SKIP_WAITING");
  });
}
