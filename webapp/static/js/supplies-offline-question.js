// @ts-check
// The open question at the counter without a network: the unrecognised code and the answers. It blocks confirming
// until it is answered.
import { word } from "./supplies-offline-words.js";

/** @typedef {import("./supplies-offline-take.js").Outcome} Outcome */
/** @typedef {import("./supplies-offline-take.js").Answer} Answer */

const place = () => /** @type {HTMLElement} */ (document.querySelector("#counter-says"));
/** @returns {HTMLElement | null} */
const panel = () => place().querySelector("[data-open-question]");

/** @param {import("./parse/scans.js").Code} code */
function readingWords(code) {
  const parts = [code.lot !== undefined && word("reading-lot", { lot: code.lot }), code.serial && word("reading-serial", { serial: code.serial }),
    code.made_on && word("reading-made", { day: code.made_on }), code.expires_on ? word("reading-expiry", { day: code.expires_on }) : word("reading-no-expiry")];
  return parts.filter(Boolean).join(" · ");
}

/** The possible answers with their texts. @param {Outcome} outcome @returns {[string, Answer][]} */
function answersTo(outcome) {
  if (outcome.stop === "readings") return (outcome.readings ?? []).map((code, at) => [readingWords(code), { reading: at }]);
  if (outcome.stop === "serial-twice") return [[word("is-another"), { isAnother: true }]];
  if (outcome.stop === "number-or-code") return [[word("is-number"), { isNumber: true }], [word("is-code"), { isCode: true }]];
  return [];
}

/** Shows why a scan stopped. @param {Outcome} outcome @param {string} item its name @param {(typed: string, answer: Answer) => void} answered */
export function ask(outcome, item, answered) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("template[data-question]"));
  const notice = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const words = { code: outcome.code ?? "", place: outcome.place?.name ?? "", serial: outcome.serial ?? "", item };
  /** @type {HTMLElement} */ (notice.querySelector("[data-part='stop']")).textContent = word(outcome.stop ?? "", words);
  notice.querySelector("[data-part='answers']")?.replaceChildren(...answersTo(outcome).map(([text, answer]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button reading", textContent: text });
    button.addEventListener("click", () => answered(outcome.asked ?? "", answer));
    return button;
  }));
  notice.dataset.asked = outcome.asked ?? "";
  place().replaceChildren(notice);
}

/** Asks to answer the question first; false if there is none. @returns {boolean} */
export function isAsked() {
  const question = panel();
  if (!question?.dataset.asked) return false;
  /** @type {HTMLElement} */ (question.querySelector("[data-answer-first]")).hidden = false;
  question.focus();
  return true;
}

/** Dismisses the question. */
export const dismiss = () => panel()?.remove();
