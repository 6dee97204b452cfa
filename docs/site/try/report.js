// The tab Report: what the program says of a run, worst first. A finding leads to its line.

import { count, element, prose } from "./element.js";

const SEVERITIES = { error: "Errors", warning: "Warnings", info: "Information" };
/** So many findings of a severity are shown. */
const MOST = 200;

/** @typedef {(path: string, line: number, column: number) => void} GoTo */

/** The elements of a report. `report` is null where the settings are wrong.
 * @param {any} report @param {string[]} said @param {GoTo} goTo @returns {HTMLElement[]}
 */
export function reportElements(report, said, goTo) {
  const found = said.map((line) => element("p", { class: "try-said" }, ...prose(line)));
  if (!report) return found;
  if (report.sets.length) found.push(sets(report.sets));
  for (const [severity, title] of Object.entries(SEVERITIES)) {
    const findings = report.findings.filter((it) => it.severity === severity);
    if (!findings.length) continue;
    found.push(
      element("h2", { class: `try-${severity}` }, `${title} (${findings.length})`),
      element("ul", { class: "try-findings" }, ...findings.slice(0, MOST).map((it) => item(it, goTo))),
    );
    if (findings.length > MOST) found.push(element("p", {}, `And ${findings.length - MOST} more.`));
  }
  const ignored = Object.entries(report.ignored);
  if (ignored.length) {
    const text = ignored.map(([id, number]) => `${number} of ${id}`).join(", ");
    found.push(element("p", {}, `Ignored: ${text}.`));
  }
  if (!found.length) found.push(element("p", {}, "Nothing to report."));
  return found;
}

/** `2 errors, 1 warning`; of a report without either, an empty text.
 * @param {any} report
 */
export function counts(report) {
  const { error, warning } = report.counts;
  const parts = [error && count(error, "error"), warning && count(warning, "warning")];
  return parts.filter(Boolean).join(", ");
}

/** @param {any} finding @param {GoTo} goTo */
function item(finding, goTo) {
  const { file, field, object, message, advice, id } = finding;
  const head = [];
  if (file?.path && file.line) {
    const place = `${file.path}:${file.line}:${file.column}`;
    const label = `Go to ${place}`;
    const onclick = () => goTo(file.path, file.line, file.column);
    head.push(element("button", { type: "button", "aria-label": label, onclick }, place), " ");
  } else if (file?.path) {
    head.push(`${file.path} `);
  }
  if (field) head.push(element("code", {}, field.path));
  if (field?.found) head.push(": ", element("code", {}, field.found));
  const name = object && [object.kind, [object.namespace, object.name].filter(Boolean).join("/")].join(" ");
  return element(
    "li",
    {},
    element("p", {}, ...prose(message)),
    message.endsWith(advice) ? null : element("p", {}, ...prose(advice)),
    element("p", { class: "try-place" }, ...head, name ? ` ${name} ` : " ", element("span", {}, id)),
  );
}

/** The table of what becomes of each LeaderWorkerSet.
 * @param {any[]} rows
 */
function sets(rows) {
  const amounts = (it) =>
    it ? [count(it.pods, "pod"), ...Object.entries(it.resources).map(([k, n]) => `${n} ${k}`)].join(", ") : "–";
  const line = ({ object, result, before, after }) => [
    [object.namespace, object.name].filter(Boolean).join("/"), result, amounts(before), amounts(after),
  ];
  const cells = (name, texts) => element("tr", {}, ...texts.map((text) => element(name, {}, text)));
  return element(
    "div",
    { class: "try-wide", tabindex: "0", role: "group", "aria-label": "What becomes of the sets" },
    element(
      "table",
      {},
      element("thead", {}, cells("th", ["Set", "Result", "Before", "After"])),
      element("tbody", {}, ...rows.slice(0, MOST).map((row) => cells("td", line(row)))),
    ),
  );
}
