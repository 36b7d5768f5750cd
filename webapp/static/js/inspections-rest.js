// @ts-check
// Answers "yes" to all open items of a section of a checklist by one press. The codes of these items are submitted in the
// field `together`, so that a record distinguishes them from items answered singly.

/** The codes in `together` after some items were answered by one press, or one was answered singly. @param {string} text @param {{add?: string[], drop?: string}} change @returns {string} */
export function togetherAfter(text, { add = [], drop = "" }) {
  const codes = new Set([...text.split(" ").filter(Boolean), ...add]);
  codes.delete(drop);
  return [...codes].join(" ");
}

/** @param {Element} section @returns {HTMLElement[]} */
const openDuties = (section) => /** @type {HTMLElement[]} */ ([...section.querySelectorAll("[data-duty]")]).filter((item) => !item.querySelector("input[type='radio']:checked"));

/** @param {Element} item @returns {HTMLInputElement} */
const together = (item) => /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (item.closest("form")).elements.namedItem("together"));

/** Shows the buttons of sections with open items. @param {ParentNode} root */
function offer(root) {
  for (const button of root.querySelectorAll("[data-rest]")) {
    /** @type {HTMLElement} */ (button).hidden = !openDuties(/** @type {Element} */ (button.closest("section"))).length;
  }
}

/** @param {Element} section */
function answerRest(section) {
  const items = openDuties(section);
  const field = together(section);
  field.value = togetherAfter(field.value, { add: items.map((item) => item.dataset.item ?? "") });
  for (const item of items) {
    const yes = /** @type {HTMLInputElement} */ (item.querySelector("input[type='radio'][value='yes']"));
    yes.checked = true;
    yes.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const line = /** @type {HTMLElement} */ (section.querySelector("[data-rest-done]"));
  line.textContent = (line.dataset.restDone ?? "").replace("{n}", String(items.length));
  line.focus({ preventScroll: true }); // the button is gone
}

/** @param {Event} event */
function changed(event) {
  const item = event.target instanceof Element ? event.target.closest("[data-inspection] [data-item]") : null;
  if (!item) return;
  if (event.isTrusted && item.hasAttribute("data-duty") && /** @type {HTMLInputElement} */ (event.target).type === "radio") {
    const field = together(item);
    field.value = togetherAfter(field.value, { drop: /** @type {HTMLElement} */ (item).dataset.item });
  }
  offer(/** @type {ParentNode} */ (item.closest("[data-inspection]")));
}

if (globalThis.document) {
  document.addEventListener("change", changed);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-rest]") : null;
    if (button) answerRest(/** @type {Element} */ (button.closest("section")));
  });
  document.addEventListener("htmx:after:swap", () => offer(document));
  offer(document);
}
