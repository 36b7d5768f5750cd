// @ts-check
// The inspection form on a device: judges readings while they are typed, opens what a finding needs, shows progress.
import { assess, parseMeasured } from "./standards.js";

/** @typedef {Record<string, any>} Plain */

/** @param {HTMLFormElement} form @param {string} name @returns {Plain} */
const plain = (form, name) => JSON.parse(form.dataset[name] ?? "{}");

/** @param {HTMLFormElement} form @param {string} name @returns {string | null} */
function valueOf(form, name) {
  const field = form.elements.namedItem(name);
  if (field instanceof RadioNodeList || field instanceof HTMLInputElement) return field.value || null;
  return null;
}

/** @param {string} text @param {Plain} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

class InspectionForm {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.limits = plain(form, "limits");
    this.place = plain(form, "circumstances");
    this.sentences = plain(form, "sentences");
    this.missing = plain(form, "missing");
    form.dataset.judgingLive = "";
    form.addEventListener("input", () => this.refresh());
    form.addEventListener("change", () => this.refresh());
    form.querySelector("[data-next]")?.addEventListener("click", () => this.goToNext());
    this.refresh();
  }

  refresh() {
    for (const input of this.form.querySelectorAll("input[data-judge]")) this.judge(/** @type {HTMLInputElement} */ (input));
    for (const item of this.items()) {
      const no = item.querySelector("input[type=radio][value=no]:checked");
      if (no) this.need(item, true);
      else if (!item.querySelector("[data-judge]")) this.need(item, false);
    }
    this.progress();
  }

  /** @param {HTMLInputElement} input */
  judge(input) {
    const item = /** @type {HTMLElement} */ (input.closest("[data-item]"));
    const output = /** @type {HTMLOutputElement | null} */ (item.querySelector("[data-verdict-of]"));
    const measured = parseMeasured(input.value);
    if (!output) return;
    if (!measured) {
      output.textContent = "";
      delete output.dataset.verdict;
      this.need(item, false);
      return;
    }
    const circumstances = {
      ...this.place,
      disinfectant: valueOf(this.form, "disinfectant") ?? this.place.disinfectant,
      point: input.dataset.point,
      quantity: valueOf(this.form, `${input.name}__quantity`),
      contact_hours: valueOf(this.form, "contact_time"),
      store_celsius: valueOf(this.form, "store_celsius"),
    };
    const judged = assess(this.limits, String(input.dataset.judge), measured, circumstances, String(this.form.dataset.on), this.isSingle());
    output.dataset.verdict = judged.verdict;
    output.textContent = this.sentence(judged);
    this.need(item, judged.verdict === "above" || judged.verdict === "below");
  }

  /** Limits are daily means: whatever is not said to be one is a single sample, as on the server. */
  isSingle() {
    return valueOf(this.form, "sample_kind") !== "daily_mean";
  }

  /** @param {{verdict: string, limit?: Plain | null, missing: string[], indicative?: boolean}} judged */
  sentence(judged) {
    const limit = judged.limit ?? {};
    const words = judged.missing.map((name) => this.missing[name] ?? name).join(this.form.dataset.separator);
    const unit = limit.unit ? ` ${limit.unit}` : "";
    const said = fill(this.sentences[judged.verdict], { ...limit, unit, missing: words });
    const guided = judged.limit && !["A", "B"].includes(limit.grade) ? `${said} ${this.form.dataset.guidance}` : said;
    return judged.indicative ? `${guided} · ${this.form.dataset.indicative}` : guided;
  }

  /** A finding's fields are opened when they become needed, and stay as the person left them. @param {Element} item @param {boolean} needed */
  need(item, needed) {
    const details = /** @type {HTMLDetailsElement | null} */ (item.querySelector("[data-finding]"));
    if (!details || needed === details.hasAttribute("data-needed")) return;
    details.toggleAttribute("data-needed", needed);
    details.open = needed;
  }

  items() {
    return /** @type {HTMLElement[]} */ (Array.from(this.form.querySelectorAll("[data-item]")));
  }

  /** @param {HTMLElement} item */
  isAnswered(item) {
    const own = item.dataset.item ?? "";
    return Boolean(valueOf(this.form, own)) || Boolean(item.querySelector("[data-thumbs] img"));
  }

  progress() {
    const items = this.items();
    const done = items.filter((item) => this.isAnswered(item)).length;
    const bar = this.form.querySelector("progress");
    const next = /** @type {HTMLButtonElement | null} */ (this.form.querySelector("[data-next]"));
    const count = this.form.querySelector("[data-count]");
    if (bar) bar.value = done;
    if (count) count.textContent = `${done}/${items.length}`;
    if (next) next.hidden = done === items.length;
  }

  goToNext() {
    const next = this.items().find((item) => !this.isAnswered(item));
    next?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector("input, textarea, select"))?.focus({ preventScroll: true });
  }
}

for (const form of document.querySelectorAll("form[data-inspection]")) new InspectionForm(/** @type {HTMLFormElement} */ (form));
