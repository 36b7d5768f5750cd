// @ts-check
// The frame of the pages that a device keeps: who is signed in on it, and what of the bar needs a network.
import { authorName } from "./outbox/author.js";
import { listen } from "./outbox/channel.js";
import { support } from "./outbox/store.js";

const HEARD = ["", "sending", "sign-in", "signing-out"]; // states of the sender in which the server has answered

/** @param {boolean} isOff */
function mark(isOff) {
  for (const line of document.querySelectorAll("[data-no-network]")) /** @type {HTMLElement} */ (line).hidden = !isOff;
}

async function name() {
  const known = await authorName();
  const place = /** @type {HTMLElement} */ (document.querySelector("[data-me]"));
  place.hidden = !known;
  /** @type {HTMLElement} */ (place.querySelector("span")).textContent = known;
}

mark(!navigator.onLine);
addEventListener("offline", () => mark(true));
addEventListener("online", () => mark(false));
if (!support()) {
  listen((news) => { if (news.type === "state" && (news.state === "no-network" || HEARD.includes(news.state))) mark(news.state === "no-network"); });
  name().catch(() => {}); // a page without a name works all the same
}
