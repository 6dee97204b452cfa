// The page "Try it in the browser": what a person picks and writes, and what the program says.

import { Editor, Viewer } from "./editor.js";
import { byId, count, element } from "./element.js";
import { dropped, fileName, save, textsOf, tooLarge } from "./files.js";
import { fromFragment, toFragment } from "./link.js";
import page from "page-data"; // page.json, which pack.py makes
import { podElements } from "./pods.js";
import { Program } from "./program.js";
import { counts, reportElements } from "./report.js";
import { Settings } from "./settings.js";
import { Tabs } from "./tabs.js";

/** In bytes, of all files. */
const MOST_BYTES = 2_500_000;
/** In ms: how long no key must be pressed before the program runs. */
const PAUSE = 100;
const RESULTS = ["ModelServing", "Report", "Pods", "Policy"];

/** @type {Map<string, { text: string, state: any }>}  The files by their names. */
const files = new Map();
let current = "";
/** Whether the files are an example as it was loaded, so that others may take their place. */
let isExample = true;
/** @type {any} The last answer (driver.py), and the files that it was made of. */
let answer = { files: {} };
/** @type {Record<string, string>} */
let asked = {};
let result = "ModelServing";
let timer = 0;

const editor = new Editor(byId("try-editor"), onEdit);
const viewer = new Viewer(byId("try-result"), "Result");
const settings = new Settings(byId("try-fields"), page.settings, onSetting);
const fileTabs = new Tabs(byId("try-files"), openFile, "try-editor");
const resultTabs = new Tabs(byId("try-tabs"), openResult, "try-panel-");
new Viewer(byId("try-policy"), "Admission policy").show(page.printed.policy);

/** @param {string} text */
function say(text) {
  byId("try-status").textContent = text;
}

// The program.

/** A browser does not let a page from the file system load the program. */
const UNSERVED =
  "The program runs on served pages alone. Serve the site, such as by: python3 -m http.server --directory dist/site";
const isServed = window.location.protocol !== "file:";
const program = isServed && new Program(new URL(byId("try").dataset.base, document.baseURI).href, {
  onStep(done, steps) {
    Object.assign(byId("try-progress"), { hidden: false, max: steps, value: done });
  },
  onReady() {
    byId("try-progress").hidden = true;
    run();
  },
  onAnswer(found, time) {
    answer = found;
    showAnswer(time);
  },
  onPods: showPods,
  onProblem: showProblem,
});

/** @param {string} text */
function showProblem(text) {
  answer = { files: {}, report: null, said: [text] };
  showAnswer(null);
  showPods({ tree: null, report: null, said: [text] });
  say(text);
}

/** Runs the program on what is there now. */
function run() {
  window.clearTimeout(timer);
  timer = 0;
  const texts = Object.fromEntries([...files].map(([name, file]) => [name, file.text]));
  const size = new Blob(Object.values(texts)).size;
  let request;
  try {
    if (size > MOST_BYTES) throw new Error(tooLarge(size, MOST_BYTES));
    request = { command: byId("try-command").value, files: texts, ...settings.request() };
  } catch (error) {
    showProblem(error.message);
    return;
  }
  asked = texts;
  if (program) program.run(request);
}

function later() {
  window.clearTimeout(timer);
  timer = window.setTimeout(run, PAUSE);
}

/** @param {number | null} time  In ms; null where nothing was run. */
function showAnswer(time) {
  const goTo = (path, line, column) => {
    if (!files.has(path)) return;
    openFile(path);
    editor.goTo(line, column);
  };
  const { report, said } = answer;
  byId("try-panel-Report").replaceChildren(...reportElements(report, said, goTo));
  const found = report ? counts(report) : "";
  resultTabs.show(RESULTS, result, { Report: found ? `Report: ${found}` : "Report" });
  showFiles();
  if (time !== null) {
    const changed = Object.keys(answer.files).filter((path) => answer.files[path] !== asked[path]);
    const what = `${count(changed.length, "file")} changed, ${found || "no errors or warnings"}`;
    const failed = answer.code === 2 ? said.at(-1) : "";
    say(failed || `${what} (${Math.round(time)} ms).`);
  }
}

/** @param {any} found  What `pods` of driver.py gives. */
function showPods({ tree, report, said }) {
  const pods = tree ? podElements(tree) : [];
  const findings = report?.findings.length ? reportElements(report, [], () => {}) : [];
  const none = element("p", {}, said.at(-1) ?? "There is no pod.");
  byId("try-panel-Pods").replaceChildren(...(pods.length ? pods : [none]), ...findings);
  // For the tests: the page shows all of a run.
  byId("try").dataset.done = String(Number(byId("try").dataset.done ?? 0) + 1);
}

// The files.

function onEdit(text) {
  files.get(current).text = text;
  isExample = false;
  later();
}

/** @param {string} name */
function openFile(name) {
  const before = files.get(current);
  if (before) before.state = editor.state;
  current = name;
  const file = files.get(name);
  file.state ??= editor.stateOf(file.text, name);
  editor.show(file.state);
  fileTabs.show([...files.keys()], name);
  byId("try-remove").disabled = files.size === 1;
  showFiles();
}

/** Puts files in, in place of those that are there or beside them.
 * @param {Record<string, string>} texts @param {boolean} replaces
 */
function load(texts, replaces) {
  if (replaces) files.clear();
  if (replaces) current = "";
  for (const [name, text] of Object.entries(texts)) files.set(name, { text, state: null });
  if (files.has(current) && current in texts) current = "";
  const first = Object.keys(texts).find((name) => /kind: (LeaderWorkerSet|ModelServing)/.test(texts[name]));
  openFile(first ?? Object.keys(texts)[0]);
}

/** @param {[string, File][]} found */
async function take(found) {
  if (!found.length) return;
  try {
    load(await textsOf(found, MOST_BYTES), isExample);
    isExample = false;
    byId("try-example").value = "";
    run();
  } catch (error) {
    say(error.message);
  }
}

byId("try-new").addEventListener("click", () => {
  let name = "new.yaml";
  for (let i = 2; files.has(name); i += 1) name = `new-${i}.yaml`;
  isExample = false;
  load({ [name]: "" }, false);
  run();
  editor.view.focus();
});

byId("try-rename").addEventListener("click", () => {
  const wanted = window.prompt("The name of the file, with its folders:", current);
  const name = wanted && fileName(wanted);
  if (!name || files.has(name)) return;
  const all = [...files].map(([key, file]) => [key === current ? name : key, file]);
  files.clear();
  for (const [key, file] of all) files.set(key, { ...file, state: key === name ? null : file.state });
  current = "";
  isExample = false;
  openFile(name);
  run();
});

byId("try-remove").addEventListener("click", () => {
  files.delete(current);
  current = "";
  isExample = false;
  openFile(files.keys().next().value);
  run();
});

byId("try-open").addEventListener("click", () => byId("try-input").click());
byId("try-input").addEventListener("change", async ({ target }) => {
  await take([...target.files].map((file) => [file.name, file]));
  target.value = "";
});
byId("try").addEventListener("dragover", (event) => event.preventDefault());
byId("try").addEventListener("drop", async (event) => {
  event.preventDefault();
  await take(await dropped(event.dataTransfer));
});

// The results.

/** @param {string} name */
function openResult(name) {
  result = name;
  const titles = Object.fromEntries(
    [...byId("try-tabs").children].map((tab) => [tab.dataset.name, tab.textContent]),
  );
  resultTabs.show(RESULTS, name, titles);
  for (const one of RESULTS) byId(`try-panel-${one}`).hidden = one !== name;
}

/** The list of the result's files, with the one that stands in the editor. */
function showFiles() {
  const select = byId("try-file");
  const paths = Object.keys(answer.files);
  const wanted = paths.includes(current) ? current : paths[0];
  select.replaceChildren(
    ...paths.map((path) => {
      const mark = answer.files[path] === asked[path] ? " (not changed)" : "";
      return element("option", { value: path, selected: path === wanted }, `${path}${mark}`);
    }),
  );
  byId("try-save").disabled = !paths.length;
  showResult();
}

function showResult() {
  const path = byId("try-file").value;
  const isDiff = byId("try-diff").checked;
  viewer.show(answer.files[path] ?? "", isDiff ? (asked[path] ?? "") : null);
}

byId("try-file").addEventListener("change", showResult);
byId("try-diff").addEventListener("change", showResult);
byId("try-save").addEventListener("click", () => {
  const isPolicy = result === "Policy";
  const path = byId("try-file").value;
  save(isPolicy ? "policy.yaml" : path, isPolicy ? page.printed.policy : answer.files[path]);
});

// The command, its settings, the examples, and the link.

function onSetting() {
  isExample = false;
  later();
}

/** @param {string} name @param {Record<string, string>} values */
function pickCommand(name, values) {
  const command = page.commands[name] ?? page.commands.migrate;
  byId("try-command").value = page.commands[name] ? name : "migrate";
  byId("try-does").textContent = command.does;
  settings.show(command.functions, values);
  if (Object.keys(values).length) byId("try-settings").open = true;
}

/** @param {number} number */
function loadExample(number) {
  const example = page.examples[number];
  byId("try-example").value = String(number);
  pickCommand(example.command, example.settings);
  load(example.files, true);
  isExample = true;
  run();
}

byId("try-form").addEventListener("submit", (event) => event.preventDefault());
byId("try-example").append(
  element("option", { value: "" }, "None: your own files"),
  ...page.examples.map(({ title }, i) => element("option", { value: String(i) }, title)),
);
byId("try-example").addEventListener("change", ({ target }) => {
  if (target.value) return loadExample(Number(target.value));
  load({ "input.yaml": "" }, true);
  run();
  return editor.view.focus();
});
byId("try-command").append(
  ...Object.keys(page.commands).map((name) => element("option", { value: name }, name)),
);
byId("try-command").addEventListener("change", ({ target }) => {
  pickCommand(target.value, settings.values());
  run();
});
byId("try-link").addEventListener("click", async () => {
  const texts = Object.fromEntries([...files].map(([name, file]) => [name, file.text]));
  const state = { command: byId("try-command").value, settings: settings.values(), files: texts };
  const fragment = await toFragment(state);
  if (!fragment) return say("The input is too large for a link.");
  window.history.replaceState(null, "", fragment);
  try {
    await navigator.clipboard.writeText(window.location.href);
    return say("Copied the link. The input is in it, and in no server.");
  } catch {
    return say("The link is the address of this page now.");
  }
});

async function loadFragment() {
  try {
    const state = await fromFragment(window.location.hash);
    if (!state) return false;
    const texts = Object.entries(state.files).map(([name, text]) => [fileName(name), String(text)]);
    if (!texts.length) return false;
    byId("try-example").value = "";
    pickCommand(String(state.command), { ...state.settings });
    load(Object.fromEntries(texts), true);
    isExample = false;
    run();
    return true;
  } catch {
    say("The link is broken: it has no input that can be read.");
    return false;
  }
}

window.addEventListener("hashchange", loadFragment);
openResult(result);
loadFragment().then((isLoaded) => {
  if (!isLoaded) loadExample(0);
  if (!program) {
    byId("try-progress").hidden = true;
    say(UNSERVED);
  }
});
