// @ts-check
// Messages of the outbox, from templates of the page in its language.

/** Shows `template#<name>` in an element. @param {string} name @param {Element | null} [place] @returns {boolean} whether there is such a template */
export function say(name, place = document.getElementById("messages")) {
  const template = document.getElementById(name);
  if (!(template instanceof HTMLTemplateElement) || !place) return false;
  place.replaceChildren(template.content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
  return true;
}

/** Clears the element. @param {Element | null} [place] */
export const unsay = (place = document.getElementById("messages")) => place?.replaceChildren();
