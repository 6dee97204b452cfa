// Tabs as in https://www.w3.org/WAI/ARIA/apg/patterns/tabs/: one is in the order of Tab, the arrow
// keys, Home and End go to the others.

import { element } from "./element.js";

export class Tabs {
  /**
   * @param {HTMLElement} list  The element with the role `tablist`.
   * @param {(name: string) => void} onPick  Called with the name of the tab that a person picks.
   * @param {string} panel  The id of the panel, or a start of it that the tab's name ends.
   */
  constructor(list, onPick, panel) {
    this.list = list;
    this.onPick = onPick;
    this.panel = panel;
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows these tabs, of which one is picked.
   * @param {string[]} names @param {string} picked @param {Record<string, string>} [titles]
   */
  show(names, picked, titles = {}) {
    const hadFocus = this.list.contains(document.activeElement);
    this.list.replaceChildren(
      ...names.map((name) =>
        element(
          "button",
          {
            type: "button",
            role: "tab",
            id: `${this.list.id}-${name}`,
            "data-name": name,
            "aria-controls": this.panel.endsWith("-") ? `${this.panel}${name}` : this.panel,
            "aria-selected": String(name === picked),
            tabindex: name === picked ? "0" : "-1",
            onclick: () => this.onPick(name),
          },
          titles[name] ?? name,
        ),
      ),
    );
    if (hadFocus) this.focus(picked);
  }

  /** @param {string} name */
  focus(name) {
    /** @type {HTMLElement[]} */
    const tabs = [...this.list.children];
    tabs.find((tab) => tab.dataset.name === name)?.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const tabs = [...this.list.children];
    const at = tabs.indexOf(document.activeElement);
    const to = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const { name } = tabs[to].dataset;
    this.onPick(name);
    this.focus(name);
  }
}
