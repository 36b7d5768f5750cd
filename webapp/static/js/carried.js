// @ts-check
// Carries input that is typed while a request redraws the form over into the new form.

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** @param {Element} form @returns {Control[]} the controls that a person fills in; htmx preserves the scan box itself */
const typedIn = (form) => [...form.querySelectorAll("input:not([type='hidden'], [type='file'], [hx-preserve]), select, textarea")]
  .map((field) => /** @type {Control} */ (field)).filter((field) => field.name);

/** The item of a field's line, by which a line is recognised after lines have moved. @param {Element} form @param {string} name */
const itemOf = (form, name) => {
  const [line] = /^lines-\d+-/.exec(name) ?? [""];
  return line && /** @type {HTMLInputElement | null} */ (form.querySelector(`[name="${line}item"]`))?.value;
};

/** @type {WeakMap<object, Map<string, string>>} the values at the time of the request */
const sent = new WeakMap();
/** @type {WeakMap<object, {name: string, value: string, before: string | undefined, item: string | null | undefined}[]>} */
const typed = new WeakMap();
/** @type {WeakSet<object>} requests of forms whose page says that a draft was restored */
const restored = new WeakSet();

/** @param {Event} event */
const ctxOf = (event) => /** @type {CustomEvent} */ (event).detail?.ctx ?? {};

/** The form of a request, if it is carried over. @param {any} ctx @returns {HTMLFormElement | null} */
const formOf = ({ sourceElement }) => (sourceElement instanceof HTMLFormElement && sourceElement.hasAttribute("data-carried") ? sourceElement : null);

if (globalThis.document) {
  document.addEventListener("htmx:before:request", (event) => {
    const form = formOf(ctxOf(event));
    if (form) sent.set(ctxOf(event), new Map(typedIn(form).map((field) => [field.name, field.value])));
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const ctx = ctxOf(event);
    const [form, before] = [formOf(ctx), sent.get(ctx)];
    if (!form || !before) return;
    if (form.querySelector("[data-draft-restored]:not([hidden])")) restored.add(ctx);
    const changed = typedIn(form).filter((field) => before.get(field.name) !== field.value);
    typed.set(ctx, changed.map(({ name, value }) => ({ name, value, before: before.get(name), item: itemOf(form, name) })));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const form = document.querySelector("form[data-carried]");
    const notice = restored.has(ctxOf(event)) && form?.querySelector("[data-draft-restored]");
    if (notice instanceof HTMLElement) notice.hidden = false;
    for (const { name, value, before, item } of (form && typed.get(ctxOf(event))) || []) {
      const field = typedIn(/** @type {Element} */ (form)).find((control) => control.name === name);
      if (!field || field.value !== before || itemOf(/** @type {Element} */ (form), name) !== item) continue; // or the answer changed it
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true })); // for the draft and dependent elements
    }
  });
}
