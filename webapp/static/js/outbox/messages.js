// @ts-check
// What the outbox says on a page: templates of the page's own, in its language.

/** Puts `template#<name>` into a place. @param {string} name @param {Element | null} [place] @returns {boolean} whether there is such a template */
export function say(name, place = document.getElementById("messages")) {
  const template = document.getElementById(name);
  if (!(template instanceof HTMLTemplateElement) || !place) return false;
  place.replaceChildren(template.content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
  return true;
}

/** Nothing stands in the place any more. @param {Element | null} [place] */
export const unsay = (place = document.getElementById("messages")) => place?.replaceChildren();
