// @ts-check
// Handles form submissions in a fixed order of steps on every page, and submits forms from scripts, also in older
// browsers.
import { say } from "./outbox/messages.js";

/** The form is submitted normally, waits for a script to submit it again, or is handled. @typedef {"go" | "hold" | "done"} Answer */
/** @typedef {(form: HTMLFormElement, event: SubmitEvent) => Answer} Step */

/** The steps of a submission in order, independent of the order in which scripts are loaded. */
export const ORDER = /** @type {const} */ ([
  "jump", // the jump box opens the first match
  "photos", // photos are still being prepared
  "checks", // an offline form is checked on the device
  "keep", // the outbox keeps a copy before anything is sent
  "sign-out", // a sign-out deletes the person's data on the device
  "counter", // a scan or a mode key while the previous one is in progress
  "once", // a second submission while the first is in progress
]);

/** @type {Map<string, Step[]>} */
const steps = new Map();

/** Registers a step; several steps of one name are for different forms. @param {typeof ORDER[number]} name @param {Step} step */
export function onSubmit(name, step) {
  if (!ORDER.includes(name)) throw new RangeError(`no such step: ${name}`);
  steps.set(name, [...steps.get(name) ?? [], step]);
}

/** Reports a failing step; the other steps still run, so that the form is kept or posted. @param {string} name @param {unknown} error */
function report(name, error) {
  console.error(`submit: ${name}`, error);
  if (globalThis.document) say("step-failed");
}

/** Runs the steps until one answers other than "go". @param {SubmitEvent} event @returns {Answer} */
export function answerTo(event) {
  for (const name of ORDER) {
    for (const step of steps.get(name) ?? []) {
      try {
        const answer = step(/** @type {HTMLFormElement} */ (event.target), event);
        if (answer !== "go") return answer;
      } catch (error) {
        report(name, error);
      }
    }
  }
  return "go";
}

/** The only listener that may stop a submission, before htmx and other listeners receive it. @param {SubmitEvent} event */
export function pressed(event) {
  if (answerTo(event) === "go") return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

if (globalThis.document) addEventListener("submit", pressed, true);

/** The form's fields with the pressed button, for `formdata` listeners too. Browsers before Safari 16.4 and Chrome 112 ignore the second argument of FormData, so the button is added as a temporary field. @param {HTMLFormElement} form @param {HTMLElement | null} [submitter] @returns {FormData} */
export function formData(form, submitter = null) {
  const { name, value } = /** @type {HTMLButtonElement} */ (submitter ?? {});
  if (!name) return new FormData(form);
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.append(field);
  try {
    return new FormData(form);
  } finally {
    field.remove();
  }
}

/** Submits a form as a person would, with validation and a submit event. Safari before 16 has no requestSubmit. @param {HTMLFormElement | null | undefined} form @param {HTMLElement | null} [submitter] */
export function press(form, submitter = null) {
  if (!form) return;
  if (typeof form.requestSubmit === "function") { form.requestSubmit(submitter); return; }
  // A copy is clicked, so that listeners of the button itself do not receive a second click.
  const copy = /** @type {HTMLButtonElement} */ (submitter?.cloneNode(true) ?? document.createElement("button"));
  copy.removeAttribute("id");
  copy.type = "submit";
  copy.hidden = true;
  form.append(copy);
  copy.click();
  copy.remove();
}
