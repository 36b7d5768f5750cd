// @ts-check
// What a press on a form says and how a form is pressed by a script, also in browsers that know only half of it.

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
