// @ts-check
// Puts the outbox to work on a page.
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

// Browsers inside other apps: without a queue nothing can be kept, without a worker nothing opens.
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
  // At once, not after an answer that may take its time; once more when this person's grant is here.
  drafts.restoreAll().catch(() => {}).then(session.start).then(drafts.restoreAll).finally(sender.start);
}
