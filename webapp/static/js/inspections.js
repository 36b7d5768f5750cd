// @ts-check
// The inspection form on a device: judges readings while they are typed, opens what a finding needs, shows progress.
import { part } from "./outbox/reference.js";
import { hasGoneBy, wallClock } from "./parse/dates.js";
import { acceptedBy, readField, refusalOf } from "./readings.js";
import { applying, assess } from "./standards.js";

/** @typedef {Record<string, any>} Plain */

/** @param {HTMLElement} root @param {string} name @returns {Plain} */
const plain = (root, name) => JSON.parse(root.dataset[name] ?? "{}");

/** @param {HTMLFormElement} form @param {string} name @returns {string | null} */
function valueOf(form, name) {
  const field = form.elements.namedItem(name);
  if (field instanceof RadioNodeList || field instanceof HTMLInputElement) return field.value || null;
  return null;
}

/** @param {string} text @param {Plain} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

class InspectionForm {
  /** @param {HTMLElement} root the form, or the part of a form that is the checklist */
  constructor(root) {
    this.root = root;
    this.form = /** @type {HTMLFormElement} */ (root.closest("form"));
    /** @type {import("./standards.js").Limit[]} */
    this.limits = JSON.parse(root.dataset.limits ?? "[]");
    /** @type {Plain} what decides the limits, by place */
    this.places = root.dataset.circumstances ? plain(root, "circumstances") : {};
    this.zone = root.dataset.zone || "Asia/Shanghai";
    this.on = root.dataset.on || wallClock(new Date(), this.zone).slice(0, 10);
    this.sentences = plain(root, "sentences");
    this.missing = plain(root, "missing");
    this.beforehand = plain(root, "beforehand");
    root.dataset.judgingLive = "";
    this.form.addEventListener("input", () => this.refresh());
    this.form.addEventListener("change", () => this.refresh());
    this.form.addEventListener("outbox:restored", () => this.keepPlace());
    root.querySelector("[data-next]")?.addEventListener("click", () => this.goToNext());
    this.refresh();
    if (!root.dataset.circumstances) void this.recall();
  }

  /** Loads the places of a blank form from the kept reference data. */
  async recall() {
    this.places = await part("circumstances") ?? {};
    this.refresh();
  }

  /** Restores the place after a draft: the form stays with the place it was opened for. */
  keepPlace() {
    const place = /** @type {HTMLInputElement} */ (this.form.elements.namedItem("place"));
    place.value = this.root.dataset.place ?? place.value;
    this.refresh();
  }

  /** What decides the limits at the place of the check. @returns {Plain} */
  get place() {
    return this.places[/** @type {HTMLInputElement} */ (this.form.elements.namedItem("place")).value] ?? {};
  }

  refresh() {
    for (const input of this.root.querySelectorAll("input[data-kind]")) this.judge(/** @type {HTMLInputElement} */ (input));
    for (const item of this.items()) {
      const no = item.querySelector("input[type=radio][value=no]:checked");
      if (no) this.need(item, true);
      else if (!item.querySelector("[data-judge]")) this.need(item, false);
    }
    for (const row of this.root.querySelectorAll("[data-past]")) this.askAboutPast(/** @type {HTMLElement} */ (row));
    this.progress();
  }

  /** Asks about a deadline in the past as soon as it is typed. @param {HTMLElement} row */
  askAboutPast(row) {
    const due = /** @type {HTMLInputElement | null} */ (row.parentElement?.querySelector("[name$=__due]"));
    const isChecked = row.querySelector("input")?.checked;
    row.hidden = !isChecked && !hasGoneBy(due?.value ?? "", new Date(), this.zone);
  }

  /** @param {HTMLInputElement} input */
  judge(input) {
    const item = /** @type {HTMLElement} */ (input.closest("[data-item]"));
    const circumstances = this.circumstancesOf(input);
    if (input.dataset.judge) this.showLimit(item, input, circumstances);
    const output = /** @type {HTMLOutputElement | null} */ (item.querySelector("[data-verdict-of]"));
    if (!output) return;
    const { measured } = readField(input.value, acceptedBy(input));
    if (!measured || !input.dataset.judge) {
      output.textContent = input.value.trim() ? refusalOf(input, this.root.dataset) : ""; // empty if it is readable
      output.dataset.verdict = "refused";
      this.need(item, false);
      return;
    }
    const judged = assess(this.limits, input.dataset.judge, measured, circumstances, this.on, this.isSingle());
    output.dataset.verdict = judged.verdict;
    const read = /[,\uff0c]/.test(input.value) ? `${fill(this.root.dataset.understood ?? "", measured)} · ` : ""; // 1,500 may be meant otherwise
    output.textContent = `${read}${this.sentence(judged)}`;
    const line = /** @type {HTMLElement | null} */ (item.querySelector("[data-limit-of]"));
    if (line && judged.verdict === "undetermined") line.hidden = true; // the verdict says the same
    this.need(item, judged.verdict === "above" || judged.verdict === "below");
  }

  /** @param {HTMLInputElement} input */
  circumstancesOf(input) {
    const point = input.dataset.point ?? "";
    return {
      ...this.place,
      disinfectant: valueOf(this.form, "disinfectant") ?? this.place.disinfectant,
      point: this.place.points?.[point] ?? point,
      quantity: valueOf(this.form, `${input.name}__quantity`),
      contact_hours: valueOf(this.form, "contact_time"),
      store_celsius: valueOf(this.form, "store_celsius"),
    };
  }

  /** Shows the limit beside the field once the place is known. @param {HTMLElement} item @param {HTMLInputElement} input @param {Plain} circumstances */
  showLimit(item, input, circumstances) {
    const line = /** @type {HTMLElement | null} */ (item.querySelector("[data-limit-of]"));
    if (!line) return;
    line.hidden = !Object.keys(this.place).length;
    if (line.hidden) return;
    const { limit, missing } = applying(this.limits, String(input.dataset.judge), circumstances, this.on);
    const words = missing.map((name) => this.missing[name] ?? name).join(this.root.dataset.separator);
    const text = missing.length ? this.beforehand.missing : limit && !limit.no_limit ? this.beforehand.limit : this.beforehand.none;
    const sentence = fill(text, { ...limit, unit: limit?.unit ? ` ${limit.unit}` : "", missing: words });
    const isGuidance = limit && !limit.no_limit && (limit.guidance || !["A", "B"].includes(limit.grade));
    line.textContent = isGuidance ? `${sentence} ${this.root.dataset.guidance}` : sentence;
  }

  /** Limits are daily means. A reading is a single sample unless marked as a daily mean, as on the server. */
  isSingle() {
    return valueOf(this.form, "sample_kind") !== "daily_mean";
  }

  /** @param {{verdict: string, limit?: Plain | null, missing: string[], indicative?: boolean}} judged */
  sentence(judged) {
    const limit = judged.limit ?? {};
    const words = judged.missing.map((name) => this.missing[name] ?? name).join(this.root.dataset.separator);
    const unit = limit.unit ? ` ${limit.unit}` : "";
    const text = limit.absent && judged.verdict === "above" ? String(this.root.dataset.absent) : this.sentences[judged.verdict];
    const sentence = fill(text, { ...limit, unit, missing: words });
    const guided = judged.limit && !["A", "B"].includes(limit.grade) ? `${sentence} ${this.root.dataset.guidance}` : sentence;
    return judged.indicative ? `${guided} · ${this.root.dataset.indicative}` : guided;
  }

  /** Opens the fields of a finding when they become needed; afterwards the person opens and closes them. @param {Element} item @param {boolean} needed */
  need(item, needed) {
    const details = /** @type {HTMLDetailsElement | null} */ (item.querySelector("[data-finding]"));
    if (!details || needed === details.hasAttribute("data-needed")) return;
    details.toggleAttribute("data-needed", needed);
    details.open = needed;
  }

  items() {
    return /** @type {HTMLElement[]} */ (Array.from(this.root.querySelectorAll("[data-item]")));
  }

  /** @param {HTMLElement} item */
  isAnswered(item) {
    const own = item.dataset.item ?? "";
    return Boolean(valueOf(this.form, own)) || Boolean(item.querySelector("[data-thumbs] img"));
  }

  progress() {
    const items = this.items();
    const done = items.filter((item) => this.isAnswered(item)).length;
    const bar = this.root.querySelector("progress");
    const next = /** @type {HTMLButtonElement | null} */ (this.root.querySelector("[data-next]"));
    const count = this.root.querySelector("[data-count]");
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

function start() {
  for (const root of document.querySelectorAll("[data-inspection]:not([data-judging-live])")) new InspectionForm(/** @type {HTMLElement} */ (root));
}

start();
document.addEventListener("htmx:after:swap", start);
