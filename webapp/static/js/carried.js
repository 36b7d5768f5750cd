// @ts-check
// What is typed into a form while an answer that draws it anew is on its way stands in the new form as well.

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** @param {Element} form @returns {Control[]} what a person types or chooses; the box of scans is preserved by itself */
const typedIn = (form) => [...form.querySelectorAll("input:not([type='hidden'], [type='file'], [hx-preserve]), select, textarea")]
  .map((field) => /** @type {Control} */ (field)).filter((field) => field.name);

/** The item of the line a field belongs to: lines may have moved meanwhile. @param {Element} form @param {string} name */
const itemOf = (form, name) => {
  const [line] = /^lines-\d+-/.exec(name) ?? [""];
  return line && /** @type {HTMLInputElement | null} */ (form.querySelector(`[name="${line}item"]`))?.value;
};

/** @type {WeakMap<object, Map<string, string>>} what stood in the form when its request went */
const sent = new WeakMap();
/** @type {WeakMap<object, {name: string, value: string, item: string | null | undefined}[]>} */
const typed = new WeakMap();

/** @param {Event} event */
const ctxOf = (event) => /** @type {CustomEvent} */ (event).detail?.ctx ?? {};

/** The answered form, while it stands. @param {any} ctx @returns {HTMLFormElement | null} */
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
    const changed = typedIn(form).filter((field) => before.get(field.name) !== field.value);
    typed.set(ctx, changed.map(({ name, value }) => ({ name, value, item: itemOf(form, name) })));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const form = document.querySelector("form[data-carried]");
    for (const { name, value, item } of (form && typed.get(ctxOf(event))) || []) {
      const field = typedIn(/** @type {Element} */ (form)).find((one) => one.name === name);
      if (!field || itemOf(/** @type {Element} */ (form), name) !== item) continue;
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true })); // a draft, and whatever depends on it
    }
  });
}
