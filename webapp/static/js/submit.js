// @ts-check
// What happens to a press on a form, in one fixed order on every page, and how a form is pressed by a script, also in
// browsers that know only half of it.
import { say } from "./outbox/messages.js";

/** A form goes its way, waits (it is pressed again by a script), or is dealt with. @typedef {"go" | "hold" | "done"} Answer */
/** @typedef {(form: HTMLFormElement, event: SubmitEvent) => Answer} Step */

/** Who is asked about a press, first to last, whichever script was loaded first. */
export const ORDER = /** @type {const} */ ([
  "jump", // the jump box opens what it found
  "photos", // photos are still being made ready
  "checks", // a kept page checks what no server will check before the person has left
  "keep", // the outbox keeps a copy before anything is sent
  "sign-out", // whoever signs out leaves nothing on the device
  "once", // a second press while the first is under way
  "counter", // a scan while the last one is on its way
]);

/** @type {Map<string, Step[]>} */
const steps = new Map();

/** Names a step; several of one name are about different forms. @param {typeof ORDER[number]} name @param {Step} step */
export function onSubmit(name, step) {
  if (!ORDER.includes(name)) throw new RangeError(`no such step: ${name}`);
  steps.set(name, [...steps.get(name) ?? [], step]);
}

/** What a broken step says to everybody: the others are still asked, so that what was typed is kept or posted. @param {string} name @param {unknown} error */
function report(name, error) {
  console.error(`submit: ${name}`, error);
  if (globalThis.document) say("step-failed");
}

/** The first answer that is not "go" ends it. @param {SubmitEvent} event @returns {Answer} */
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

/** The only listener that may stop a form, before htmx and everybody else hears of it. @param {SubmitEvent} event */
export function pressed(event) {
  if (answerTo(event) === "go") return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

if (globalThis.document) addEventListener("submit", pressed, true);

/** The form's fields with the pressed button, for `formdata` listeners too. Browsers before Safari 16.4 and Chrome 112 ignore the second argument of FormData: the button stands in the form as a field meanwhile. @param {HTMLFormElement} form @param {HTMLElement | null} [submitter] @returns {FormData} */
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

/** Presses a form as a person would: checked, and with its submit event. Safari before 16 has no requestSubmit. @param {HTMLFormElement | null | undefined} form @param {HTMLElement | null} [submitter] */
export function press(form, submitter = null) {
  if (!form) return;
  if (typeof form.requestSubmit === "function") { form.requestSubmit(submitter); return; }
  // A copy is pressed, so that nobody who listens to the button itself hears a second press.
  const copy = /** @type {HTMLButtonElement} */ (submitter?.cloneNode(true) ?? document.createElement("button"));
  copy.removeAttribute("id");
  copy.type = "submit";
  copy.hidden = true;
  form.append(copy);
  copy.click();
  copy.remove();
}
