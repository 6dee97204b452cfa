// The tab Pods: the tree of `render --tree --format json`, and each container's environment.

import { count, element } from "./element.js";

/** So many pods are shown. */
const MOST = 200;

/** @param {any} tree @returns {HTMLElement[]} */
export function podElements(tree) {
  const left = { pods: MOST, hidden: 0 };
  const found = [];
  for (const serving of tree.modelServings) {
    const groups = serving.groups.flatMap((group) => {
      const inner = replicas(group, left);
      return inner.length ? [item(`ServingGroup ${group.name}`, inner)] : [];
    });
    found.push(section(`ModelServing ${fullName(serving)}`, serving.summary, list(groups)));
  }
  if (tree.pods.length) found.push(section("Pods of no ModelServing", "", list(pods(tree.pods, left))));
  if (left.hidden) found.push(element("p", {}, `And ${count(left.hidden, "pod")} more.`));
  for (const service of tree.services) {
    const ends = service.endpoints.slice(0, MOST).map((end) => element("li", {}, end));
    found.push(section(`Service ${fullName(service)}`, service.summary, list(ends)));
  }
  return found;
}

/** @param {any} group @param {any} left */
function replicas(group, left) {
  return group.replicas.flatMap((replica) => {
    const address = replica.address ? `address ${replica.address}` : "no address: no Service";
    const inner = pods(replica.pods, left);
    return inner.length ? [item(`role ${replica.id}, ${address}`, inner)] : [];
  });
}

/** @param {any[]} all @param {any} left */
function pods(all, left) {
  const shown = all.slice(0, left.pods);
  left.pods -= shown.length;
  left.hidden += all.length - shown.length;
  return shown.map(pod);
}

/** A pod, which opens to its containers' environments. @param {any} it */
function pod(it) {
  const images = [...new Set(it.containers.map((one) => `${one.image}${one.init ? " (init)" : ""}`))];
  const resources = Object.entries(it.resources).map(([name, amount]) => `${amount ?? "?"} ${name}`);
  const details = element(
    "details",
    {},
    element(
      "summary",
      {},
      element("strong", {}, it.name),
      ` ${it.entry ? "entry" : "worker"}, ${[...images, ...resources].join(", ")}`,
    ),
  );
  details.addEventListener("toggle", () => {
    if (details.childElementCount === 1) details.append(...it.containers.map(environment));
  });
  return element("li", {}, details);
}

/** @param {any} container */
function environment(container) {
  const variables = Object.entries(container.env);
  const rows = variables.map(([name, value]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      element("td", {}, value === null ? element("em", {}, "known to the cluster alone") : value),
    ),
  );
  const title = `Environment of ${container.init ? "init container" : "container"} ${container.name}`;
  if (!rows.length) return element("p", {}, `${title}: empty`);
  const attributes = { class: "try-wide", tabindex: "0", role: "group", "aria-label": title };
  const table = element("table", {}, element("caption", {}, title), element("tbody", {}, ...rows));
  return element("div", attributes, table);
}

/** @param {string} title @param {string} summary @param {HTMLElement} inner */
function section(title, summary, inner) {
  return element("section", {}, element("h2", {}, title), summary ? element("p", {}, summary) : null, inner);
}

/** @param {string} title @param {HTMLElement[]} inner */
function item(title, inner) {
  return element("li", {}, title, list(inner));
}

/** @param {HTMLElement[]} items */
function list(items) {
  return element("ul", {}, ...items);
}

/** @param {{ namespace?: string, name: string }} it */
function fullName(it) {
  return it.namespace ? `${it.namespace}/${it.name}` : it.name;
}
