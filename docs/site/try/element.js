// Elements of the page. All text goes in as text: nothing here reads HTML.

/**
 * An element with attributes and children. An attribute `onX` is a listener; true is an attribute
 * without a value, and false, null or undefined none.
 * @param {string} name
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** @param {string} id @returns {any} */
export function byId(id) {
  return document.getElementById(id);
}

/** `2 errors`, `1 error`.
 * @param {number} number @param {string} noun
 */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** What code a message has between backquotes, as elements.
 * @param {string} message @returns {(Node | string)[]}
 */
export function prose(message) {
  const parts = message.split("`");
  if (parts.length % 2 === 0) return [message];
  return parts.map((part, i) => (i % 2 ? element("code", {}, part) : part));
}
