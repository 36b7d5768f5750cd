// @ts-check
// What this person began on this device and has not sent: which form, where, when; each opens its form again.
import { listed } from "./drafts.js";
import { support } from "./store.js";

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });

/** @param {HTMLTemplateElement} template @param {import("./drafts.js").Listed} draft */
function row(template, { page, title, about, at }) {
  const item = /** @type {Element} */ (template.content.firstElementChild?.cloneNode(true));
  const parts = { what: title, about, at: clock.format(new Date(at)) };
  for (const [part, text] of Object.entries(parts)) {
    const place = item.querySelector(`[data-part='${part}']`);
    if (place) place.textContent = text;
  }
  item.querySelector("a")?.setAttribute("href", page);
  return item;
}

async function draw() {
  const drafts = await listed();
  for (const section of document.querySelectorAll("[data-drafts]")) {
    const template = /** @type {HTMLTemplateElement} */ (section.querySelector("template"));
    section.querySelector("ul")?.replaceChildren(...drafts.map((draft) => row(template, draft)));
    /** @type {HTMLElement} */ (section).hidden = !drafts.length;
  }
}

if (!support()) {
  document.addEventListener("drafts:ready", () => { draw().catch(() => {}); });
  draw().catch(() => {});
}
