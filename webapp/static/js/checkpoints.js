// @ts-check
// The gate on a tablet: proposes a decision while the temperature is typed, by the same rule as the server.

/** @typedef {{fever: string, comparison: string, areas: string[]}} Rule */

/** Tenths of a degree as a whole number, or null. @param {string} text */
export function tenths(text) {
  const plain = text.normalize("NFKC").trim().replace("。", ".").replace(",", ".");
  return /^\d{1,2}(\.\d?)?$/.test(plain) ? Math.round(Number(plain) * 10) : null;
}

/** The listed risk area an origin lies in, if any. @param {string} origin @param {string[]} areas */
export function riskAreaOf(origin, areas) {
  const closed = (/** @type {string} */ text) => text.replace(/\s/g, "");
  const here = closed(origin);
  const holds = (/** @type {string} */ area) => area !== "" && (here.includes(area) || area.includes(here));
  return here ? areas.find((area) => holds(closed(area))) ?? null : null;
}

/**
 * @param {string} celsius as typed
 * @param {string} origin
 * @param {Rule} rule
 * @returns {{decision: "pass" | "refuse" | "refer", reasons: string[]}}
 */
export function propose(celsius, origin, rule) {
  const read = tenths(celsius);
  const limit = tenths(rule.fever) ?? 373;
  const reasons = [];
  if (read === null) reasons.push("no_temperature");
  else if (rule.comparison === "above" ? read > limit : read >= limit) reasons.push("fever");
  if (riskAreaOf(origin, rule.areas)) return { decision: "refer", reasons: [...reasons, "risk_area"] };
  return { decision: reasons.length ? "refuse" : "pass", reasons };
}

/** @param {HTMLFormElement} form */
function refresh(form) {
  const rule = { fever: form.dataset.fever ?? "", comparison: form.dataset.comparison ?? "", areas: JSON.parse(form.dataset.areas ?? "[]") };
  const words = JSON.parse(form.dataset.words ?? "{}");
  const value = (/** @type {string} */ name) => /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name))?.value ?? "";
  const said = /** @type {HTMLElement | null} */ (form.querySelector("[data-proposal]"));
  const buttons = form.querySelector(".decisions");
  const typed = value("celsius") !== "";
  const { decision, reasons } = propose(value("celsius"), value("origin"), rule);
  form.dataset.gateLive = "";
  if (said) {
    said.textContent = typed ? [words[decision], ...reasons.map((reason) => words[reason])].join(" · ") : "";
    said.dataset.decision = decision;
  }
  buttons?.toggleAttribute("data-proposed", typed);
  for (const button of form.querySelectorAll("button[name=decision]")) {
    button.toggleAttribute("data-proposed", typed && /** @type {HTMLButtonElement} */ (button).value === decision);
  }
  form.dataset.proposed = typed ? decision : "";
}

if (typeof document !== "undefined") {
  const gate = () => /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-gate]"));
  const start = () => { const form = gate(); if (form) refresh(form); };
  document.addEventListener("input", (event) => {
    const form = gate();
    if (form && event.target instanceof Node && form.contains(event.target)) refresh(form);
  });
  // Deciding otherwise than the rule needs a reason: the first press asks for it, the next one sends.
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("form[data-gate] button[name=decision]") : null;
    const form = gate();
    if (!(button instanceof HTMLButtonElement) || !form) return;
    refresh(form);
    const { decision } = propose(
      /** @type {HTMLInputElement} */ (form.elements.namedItem("celsius")).value,
      /** @type {HTMLInputElement} */ (form.elements.namedItem("origin")).value,
      { fever: form.dataset.fever ?? "", comparison: form.dataset.comparison ?? "", areas: JSON.parse(form.dataset.areas ?? "[]") },
    );
    const reason = /** @type {HTMLInputElement} */ (form.elements.namedItem("override_reason"));
    if (button.value === decision || reason.value.trim()) return;
    event.preventDefault();
    form.querySelector("[data-override]")?.setAttribute("data-needed", "");
    reason.focus();
  }, true);
  document.addEventListener("htmx:after:swap", () => {
    start();
    const done = document.querySelector("[data-decision][data-scan-result]:not([data-told])");
    if (done) {
      done.setAttribute("data-told", "");
      document.body.dispatchEvent(new Event("gate:changed"));
    }
  });
  start();
}
