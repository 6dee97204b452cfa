// The settings of a command as a form, made of the JSON Schemas of its functions.

import { element, prose } from "./element.js";

/** @typedef {Record<string, any>} Schemas  The schemas of a function's settings by their names. */

export class Settings {
  #fields = new Map();
  #functions = [];

  /** @param {HTMLElement} parent @param {Record<string, Schemas>} schemas @param {() => void} onChange */
  constructor(parent, schemas, onChange) {
    this.parent = parent;
    this.schemas = schemas;
    this.onChange = onChange;
  }

  /** Shows the settings of these functions, each once, with these values.
   * @param {string[]} functions @param {Record<string, string>} values
   */
  show(functions, values) {
    this.#functions = functions;
    this.#fields = new Map();
    for (const schema of functions.map((name) => this.schemas[name])) {
      for (const [name, field] of Object.entries(schema)) {
        if (!this.#fields.has(name)) this.#fields.set(name, makeField(name, field, values[name]));
      }
    }
    this.parent.replaceChildren(...[...this.#fields.values()].map((field) => field.element));
    for (const { input } of this.#fields.values()) input.addEventListener("input", this.onChange);
  }

  /** The values that are not the defaults, as strings by their names. */
  values() {
    const found = {};
    for (const [name, { input, initial }] of this.#fields) {
      if (input.value !== initial) found[name] = input.value;
    }
    return found;
  }

  /** The parts of a request: scalars, ids to ignore, and a functionConfig for what is a list.
   * Throws for a list of objects that is no JSON.
   */
  request() {
    const settings = this.values();
    const ignored = words(settings.ignore);
    delete settings.ignore;
    const spec = {};
    for (const [name, { schema }] of this.#fields) {
      if (schema.type !== "array" || settings[name] === undefined) continue;
      spec[name] = schema.items.type === "string" ? words(settings[name]) : parsed(settings[name], schema);
      delete settings[name];
    }
    const isEmpty = Object.keys(spec).length === 0;
    const config = { apiVersion: "fn.serving.volcano.sh/v1alpha1", kind: this.#functions[0], spec };
    return { settings, ignored, config: isEmpty ? null : config };
  }
}

/** @param {string | undefined} text */
function words(text) {
  return (text ?? "").split(/[\s,]+/).filter(Boolean);
}

/** @param {string} text @param {any} schema */
function parsed(text, schema) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${schema.title}: not JSON. An example: ${JSON.stringify(schema.examples[0])}`);
  }
}

/** @param {string} name @param {any} schema @param {string | undefined} value */
function makeField(name, schema, value) {
  const id = `try-setting-${name}`;
  const initial = Array.isArray(schema.default) ? "" : String(schema.default ?? "");
  const attributes = { id, name, "aria-describedby": `${id}-help`, autocomplete: "off" };
  const choices = schema.enum ?? (schema.type === "boolean" ? ["false", "true"] : null);
  let input;
  if (choices) {
    input = element("select", attributes, ...choices.map((it) => element("option", {}, String(it))));
  } else if (schema.type === "integer") {
    const { minimum: min, maximum: max } = schema;
    input = element("input", { ...attributes, type: "number", min, max });
  } else {
    const example = schema.examples?.[0];
    const shown = Array.isArray(example) ? listed(example) : example;
    input = element("input", { ...attributes, type: "text", spellcheck: "false", placeholder: shown });
  }
  input.value = value ?? initial;
  const label = element("label", { for: id }, schema.title);
  const help = element("p", { id: `${id}-help` }, ...prose(schema.description));
  return { input, initial, schema, element: element("div", { class: "try-setting" }, label, input, help) };
}

/** @param {any[]} example */
function listed(example) {
  return typeof example[0] === "string" ? example.join(", ") : JSON.stringify(example);
}
