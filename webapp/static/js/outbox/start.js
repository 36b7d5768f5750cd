// @ts-check
// Starts the outbox on a page.
import * as badge from "./badge.js";
import * as drafts from "./drafts.js";
import * as intercept from "./intercept.js";
import { TooSlow } from "./limits.js";
import { say } from "./messages.js";
import * as person from "./person.js";
import { liveGrant } from "./queue.js";
import * as sender from "./sender.js";
import * as session from "./session.js";
import { support } from "./store.js";
import * as update from "./update.js";

// Browsers inside other apps lack what the queue or the service worker needs.
if (support() || !("serviceWorker" in navigator)) {
  const isNeeded = document.querySelector("form[data-kind], [data-waiting-list]") !== null;
  for (const line of document.querySelectorAll("[data-no-outbox]")) /** @type {HTMLElement} */ (line).hidden = !isNeeded;
}
person.start();
if (!support()) {
  addEventListener("unhandledrejection", ({ reason }) => { if (reason instanceof TooSlow) say("store-silent"); });
  intercept.start();
  badge.start();
  update.start();
  if (document.body.hasAttribute("data-shell")) void liveGrant().then((grant) => person.belongTo(grant?.person));
  drafts.start();
  // Restore drafts at once, before the slow session call, and again once this person's grant is available.
  drafts.restoreAll().catch(() => {}).then(session.start).then(drafts.restoreAll).finally(sender.start);
}
