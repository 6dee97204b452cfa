// The page "Try it in the browser" in Chromium: what it shows is what the program gives.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { DATA, PAGE, Person, SITE, native, nativeTree, options, run } from "./page.mjs";
import { serve } from "./serve.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let server;
let origin;

before(async () => {
  ({ server, origin } = await serve(SITE));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** A test of the page, in a context of its own, that nothing leaves.
 * @param {string} name @param {(person: Person) => Promise<void>} steps @param {object} [view]
 */
function onPage(name, steps, view = {}) {
  test(name, async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...view });
    try {
      const person = new Person(await context.newPage(), origin);
      await person.open(view.fragment);
      await steps(person);
      assert.deepEqual(person.problems, []);
      const foreign = person.requests.filter((it) => !it.startsWith(origin) && !it.startsWith("blob:"));
      assert.deepEqual(foreign, []);
    } finally {
      await context.close();
    }
  });
}

onPage("each example gives the program's bytes, report and pods", async (person) => {
  const { page } = person;
  for (const [i, { title, command, settings, files }] of DATA.examples.entries()) {
    if (i) await person.runs(() => page.selectOption("#try-example", String(i)));
    const expected = native(files, command, ...options(settings));
    assert.deepEqual(await person.results(), expected.files, title);
    await person.tab("Report");
    const shown = await page.locator("#try-panel-Report .try-findings > li").count();
    assert.equal(shown, expected.report.findings.length, title);
    for (const { message } of expected.report.findings) {
      const text = await page.textContent("#try-panel-Report");
      assert.ok(text.includes(message.replaceAll("`", "")), message);
    }
  }
});

onPage("the policy is that of the program", async (person) => {
  await person.tab("Policy");
  assert.equal((await person.saved()).toString(), run(["policy"]));
});

onPage("the policy of the page keeps it and its worker from other origins", async (person) => {
  const asked = [];
  const other = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end("{}");
  });
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${other.address().port}/`;
  const tries = (address) => fetch(address).then(() => "sent", () => "refused");
  try {
    const worker = person.page.workers().find((it) => it.url().startsWith("blob:"));
    assert.equal(await worker.evaluate(tries, url), "refused");
    assert.equal(await person.page.evaluate(tries, url), "refused");
    assert.deepEqual(asked, []);
  } finally {
    other.close();
  }
  person.problems.length = 0; // the console tells of the two
  const [policy] = await person.page.$$eval("meta[http-equiv]", (all) => all.map((it) => it.content));
  const rules = Object.fromEntries(policy.split("; ").map((rule) => rule.split(/ (.*)/)));
  assert.equal(rules["default-src"], "'self'");
  assert.equal(rules["connect-src"], "'self'");
  assert.match(rules["script-src"], /^'self' 'wasm-unsafe-eval'( 'sha256-[^']+')+$/);
});

onPage("the pods have what the cluster gives their containers", async (person) => {
  const { page } = person;
  await person.tab("Pods");
  const [{ files, command }] = DATA.examples;
  const tree = JSON.parse(nativeTree(native(files, command).files));
  const all = tree.modelServings.flatMap((it) => it.groups).flatMap((it) => it.replicas);
  const pods = all.flatMap((it) => it.pods);
  assert.ok(pods.length > 1);
  const details = page.locator("#try-panel-Pods details");
  assert.equal(await details.count(), pods.length);
  for (const [i, { name, containers }] of pods.entries()) {
    const summary = details.nth(i).locator("summary");
    assert.ok((await summary.textContent()).startsWith(name));
    await summary.click();
    await details.nth(i).locator("table").last().waitFor();
    for (const [j, { env }] of containers.entries()) {
      const rows = details.nth(i).locator("table").nth(j).locator("tr");
      const shown = await rows.evaluateAll((it) => it.map((row) => [...row.cells].map((cell) => cell.textContent)));
      const known = Object.entries(env).map(([key, value]) => [key, value ?? "known to the cluster alone"]);
      assert.deepEqual(shown, known);
    }
  }
});

onPage("a finding leads to its line", async (person) => {
  const { page } = person;
  await page.click("#try-files-service\\.yaml");
  await person.tab("Report");
  await page.click('button[aria-label="Go to leaderworkerset.yaml:14:7"]');
  const line = await page.evaluate(() => window.getSelection().anchorNode.textContent);
  assert.equal(line.trim(), "maxSurge: 1".slice(0, line.trim().length));
  assert.equal(await page.locator("#try-editor .cm-activeLine").textContent(), "      maxSurge: 1");
  assert.equal(await page.getAttribute("#try-files [aria-selected=true]", "data-name"), "leaderworkerset.yaml");
  assert.ok(await page.evaluate(() => document.activeElement.closest("#try-editor") !== null));
});

onPage("the changes are shown beside what was", async (person) => {
  await person.page.check("#try-diff");
  const shown = await person.page.textContent("#try-result .cm-content");
  assert.match(shown, /kind: LeaderWorkerSet/);
  assert.match(shown, /kind: ModelServing/);
  assert.ok((await person.page.locator("#try-result .cm-deletedChunk").count()) > 2);
});

onPage("the result follows each key", async (person) => {
  const { page } = person;
  await page.click("#try-editor .cm-line >> nth=4"); // the set's name
  await page.keyboard.press("End");
  const times = [];
  for (const key of "abcdefghij") {
    const from = Date.now();
    await person.runs(() => page.keyboard.press(key));
    times.push(Date.now() - from);
  }
  assert.match((await person.results())["leaderworkerset.yaml"].toString(), /^ {2}name: qwen3-235babcdefghij$/m);
  const middle = times.sort((a, b) => a - b)[5];
  console.log(`From a key to its result and pods: ${middle} ms; the slowest of ten ${times[9]} ms.`);
  assert.ok(middle < 1500, `${middle} ms`); // 300 ms on a machine that does nothing else
});

onPage("a setting changes the result", async (person) => {
  const { page } = person;
  await page.click("#try-settings summary");
  await person.runs(() => page.fill("#try-setting-roleName", "engine"));
  const [{ files, command }] = DATA.examples;
  const expected = native(files, command, "--set=roleName=engine");
  assert.deepEqual(await person.results(), expected.files);
  await person.runs(() => page.fill("#try-setting-roleName", "Engine"));
  await person.says(/roleName: must be 1 to 12 lower-case letters/);
  await person.tab("ModelServing");
  assert.ok(await page.isDisabled("#try-save"));
  await person.runs(() => page.fill("#try-setting-roleName", ""));
  await person.says(/roleName: must be/);
  await person.runs(() => page.fill("#try-setting-roleName", "default"));
  await person.runs(() => page.fill("#try-setting-ignore", "surge, webhook"));
  await person.tab("Report");
  assert.match(await page.textContent("#try-panel-Report"), /Ignored: 1 of \w+, 1 of \w+\./);
});

onPage("settings that are lists are those of a functionConfig", async (person) => {
  const { page } = person;
  const number = DATA.examples.findIndex(({ command }) => command === "inject");
  await person.runs(() => page.selectOption("#try-example", String(number)));
  await person.runs(() => page.fill("#try-setting-pluginNames", "other"));
  await person.says(/^0 files changed/);
  await page.fill("#try-setting-modelServings", "[{");
  await person.says('ModelServings: not JSON. An example: [{"name":"chat"');
  const name = /name: (\S+)/.exec(DATA.examples[number].files["modelserving.yaml"])[1];
  await person.runs(() => page.fill("#try-setting-modelServings", JSON.stringify([{ name }])));
  await person.says(/^1 file changed/);
});

onPage("what is wrong is told with its line", async (person) => {
  const { page } = person;
  await person.runs(() => person.opens({ "broken.yaml": "kind: LeaderWorkerSet\na: {" }));
  await person.says(/^0 files changed, 1 error/);
  await person.tab("Report");
  assert.match(await page.textContent("#try-panel-Report"), /not YAML/);
  await page.click('button[aria-label="Go to broken.yaml:2:5"]');
  await person.runs(() => person.opens({ "none.yaml": "kind: ConfigMap\n" }));
  await page.click("#try-files-broken\\.yaml");
  await person.runs(() => page.click("#try-remove"));
  assert.match(await page.textContent("#try-panel-Report"), /no LeaderWorkerSet or ModelServing/);
  await person.opens({ "binary.yaml": Buffer.from([0xff, 0xfe, 0]) });
  await person.says("binary.yaml is not UTF-8 text.");
});

onPage("hostile text is text", async (person) => {
  const { page } = person;
  const set = DATA.examples[0].files["leaderworkerset.yaml"];
  const markup = `<script>window.hacked=1</script><img src=x onerror="window.hacked=1">`;
  const text = set
    .replaceAll("qwen3-235b", JSON.stringify(`x${markup}`))
    .replace("image: vllm", `image: ${markup}\u001b[31m\u202evllm`)
    .replace("maxSurge: 1", `maxSurge: ${JSON.stringify(markup)}`);
  const image = "<img/src=x/onerror=window.hacked=1>";
  const fine = set.replace("image: vllm/vllm-openai:v0.8.5", `image: ${JSON.stringify(image)}`);
  const files = { [`a${markup.replaceAll("/", "")}.yaml`]: text, "fine.yaml": fine };
  await person.runs(() => person.opens(files));
  for (const name of ["Report", "Pods", "Policy", "ModelServing"]) await person.tab(name);
  assert.ok((await page.textContent("#try-panel-Report")).includes(Object.keys(files)[0]));
  await person.tab("Pods");
  assert.ok((await page.textContent("#try-panel-Pods")).includes(image));
  for (const pod of await page.locator("#try-panel-Pods summary").all()) await pod.click();
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator("#try img, #try script").count(), 0);
  assert.deepEqual(await person.results(), native(files, "migrate").files);
});

onPage("bytes are kept: CRLF, mixed line breaks, a byte order mark, no line break at the end", async (person) => {
  const set = DATA.examples[0].files["leaderworkerset.yaml"];
  const files = {
    "crlf.yaml": set.replaceAll("\n", "\r\n"),
    "mixed.yaml": set.replace("qwen3-235b", "mixed").replace("\n", "\r\n"),
    "mark.yaml": `\ufeff${set.replace("qwen3-235b", "mark").trimEnd()}`,
  };
  const given = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  await person.runs(() => person.opens(given));
  const expected = native(given, "migrate").files;
  assert.ok(Object.keys(files).some((name) => !expected[name].equals(given[name])));
  assert.deepEqual(await person.results(), expected);
  for (const name of Object.keys(files)) {
    // A key and its undoing, in the editor, change no other byte.
    await person.page.click(`#try-files-${name.replace(".", "\\.")}`);
    await person.page.click("#try-editor .cm-line >> nth=0");
    await person.runs(() => person.page.keyboard.type(" "));
    await person.runs(() => person.page.keyboard.press("Backspace"));
  }
  assert.deepEqual(await person.results(), expected);
});

onPage("files and folders can be dropped", async (person) => {
  const { files } = DATA.examples[2];
  await person.runs(() =>
    person.page.evaluate((all) => {
      const transfer = new DataTransfer();
      for (const [name, text] of all) transfer.items.add(new File([text], name.split("/").at(-1)));
      const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
      document.getElementById("try-editor").dispatchEvent(new DragEvent("drop", init));
    }, Object.entries(files).filter(([name]) => name.startsWith("base/"))),
  );
  const names = await person.page.$$eval("#try-files [role=tab]", (all) => all.map((it) => it.dataset.name));
  assert.deepEqual(names.sort(), ["decode.yaml", "kustomization.yaml", "names.yaml", "others.yaml", "prefill.yaml"]);
});

onPage("files are renamed, added and removed", async (person) => {
  const { page } = person;
  page.removeAllListeners("dialog");
  page.once("dialog", (dialog) => dialog.accept("base/set"));
  await person.runs(() => page.click("#try-rename"));
  await person.runs(() => page.click("#try-new"));
  await person.runs(() => page.keyboard.type("kind: ConfigMap"));
  await page.click("#try-files-autoscaler\\.yaml");
  await person.runs(() => page.click("#try-remove"));
  const { "leaderworkerset.yaml": set, "service.yaml": service } = DATA.examples[0].files;
  const files = { "base/set.yaml": set, "service.yaml": service, "new.yaml": "kind: ConfigMap" };
  assert.deepEqual(await person.results(), native(files, "migrate").files);
});

onPage("an input of 2 MB is done, one of more is refused", async (person) => {
  const set = DATA.examples[0].files["leaderworkerset.yaml"];
  const lines = Array.from({ length: 50_000 }, (_, i) => `  key-${i}: "the value of the key ${i}"\n`);
  const large = `${set}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: large}\ndata:\n${lines.join("")}`;
  assert.ok(large.length > 2_000_000);
  await person.runs(() => person.opens({ "large.yaml": large }));
  assert.match(await person.status(), /^1 file changed/);
  assert.deepEqual(await person.results(), native({ "large.yaml": large }, "migrate").files);
  await person.opens({ "larger.yaml": large + large });
  await person.says("This page takes up to 2.5 MB; the command line takes 200 MB.");
});

onPage("an input that takes over 10 seconds is stopped, and the page goes on", async (person) => {
  const pods = "{spec: {containers: [{name: a, image: b}]}}";
  const spec = `{leaderWorkerTemplate: {size: 2, workerTemplate: ${pods}}}`;
  const head = "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\n";
  const sets = Array.from({ length: 10_000 }, (_, i) => `${head}metadata: {name: set-${i}}\nspec: ${spec}\n`);
  const from = Date.now();
  await person.opens({ "sets.yaml": sets.join("---\n") });
  await person.says("Stopped: this input takes over 10 seconds. The command line has no such limit.");
  const time = Date.now() - from;
  assert.ok(time > 10_000 && time < 40_000, `${time} ms`); // under 11 s on a machine that is free
  await person.runs(() => person.page.selectOption("#try-example", "1"));
  const { files, command } = DATA.examples[1];
  assert.deepEqual(await person.results(), native(files, command).files);
});

onPage("pods that take long are stopped, and the result stays", async (person) => {
  const set = DATA.examples[0].files["leaderworkerset.yaml"].replace("replicas: 2", "replicas: 30000");
  await person.opens({ "set.yaml": set });
  await person.page.getByText("this input and its pods take over 10 seconds").waitFor({ state: "attached", timeout: 60_000 });
  assert.deepEqual(await person.results(), native({ "set.yaml": set }, "migrate").files);
});

onPage("a link has the state", async (person) => {
  const { page } = person;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const number = DATA.examples.findIndex(({ settings }) => settings.via);
  await person.runs(() => page.selectOption("#try-example", String(number)));
  const expected = await person.results();
  await page.click("#try-link");
  await person.says("Copied the link.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(link.startsWith(`${origin}/`));
  const other = new Person(await page.context().newPage(), origin);
  await other.open(new URL(link).hash);
  assert.deepEqual(await other.results(), expected);
  assert.equal(await other.page.inputValue("#try-setting-via"), "AdmissionPolicy");
  assert.deepEqual(other.problems, []);
  await other.page.goto(`${origin}/docs/command-line.html`);
  await other.open("#try=broken");
  await other.page.close();
  // Random text does not become shorter.
  const noise = Array.from({ length: 40_000 }, () => Math.random().toString(36)[2]).join("");
  await person.runs(() => person.opens({ "large.yaml": `# ${noise}` }));
  await page.click("#try-link");
  await person.says("The input is too large for a link.");
});

onPage("the keyboard alone does all of it", async (person) => {
  const { page } = person;
  const at = () => page.evaluate(() => document.activeElement.closest("[id]").id);
  await page.focus("#try-example");
  await person.runs(() => page.keyboard.press("ArrowDown"));
  const seen = [];
  for (let i = 0; i < 18 && !seen.includes("try-diff"); i += 1) {
    await page.keyboard.press("Tab");
    seen.push(await at());
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "", seen.at(-1));
  }
  assert.deepEqual(seen, [
    "try-command", "try-open", "try-save", "try-link", "try-settings", "try-files-sglang.yaml",
    "try-new", "try-rename", "try-remove", "try-editor", "try-tabs-ModelServing", "try-file", "try-diff",
  ]);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  for (const name of ["Report", "Pods", "Policy", "ModelServing"]) {
    await page.keyboard.press("ArrowRight");
    assert.equal(await at(), `try-tabs-${name}`);
    assert.ok(await page.isVisible(`#try-panel-${name}`));
  }
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  assert.equal(await at(), "try-panel-Report");
  const isPlace = () => page.evaluate(() => document.activeElement.matches("button"));
  for (let i = 0; i < 5 && !(await isPlace()); i += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter"); // the first place of a finding
  assert.equal(await at(), "try-editor");
});

const VIEWS = {
  "in light colours": { colorScheme: "light" },
  "in dark colours": { colorScheme: "dark" },
  "on a phone": { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
for (const [name, view] of Object.entries(VIEWS)) {
  onPage(`the page is accessible ${name}`, async (person) => {
    const { page } = person;
    await page.click("#try-settings summary");
    await page.evaluate(AXE);
    for (const tab of ["Report", "Pods", "Policy", "ModelServing"]) {
      await person.tab(tab);
      if (tab === "Pods") await page.click("#try-panel-Pods details summary");
      if (tab === "ModelServing") await page.check("#try-diff");
      const found = await page.evaluate(async () => {
        const { violations } = await window.axe.run("#try");
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((it) => it.html.slice(0, 150)).join("; ")}`);
      });
      assert.deepEqual(found, [], tab);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(over <= 0, `${over} pixels wider than the window, ${tab}`);
    }
  }, view);
}

test("from the file system the page says what to do", async () => {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(join(SITE, PAGE)).href);
  await page.locator("#try-status", { hasText: "python3 -m http.server" }).waitFor();
  await page.close();
});

test("the page says what it loads, and has all licences", () => {
  const { size, gzip, brotli, files } = JSON.parse(readFileSync(join(SITE, "assets/try/sizes.json"), "utf8"));
  const [all, zipped, smallest] = [size, gzip, brotli].map((it) => (it / 1e6).toFixed(1));
  const text = readFileSync("docs/try-in-the-browser.md", "utf8");
  assert.ok(text.includes(`loads ${all} MB, or ${zipped} MB with gzip and ${smallest} MB with Brotli`), `${all} ${zipped} ${smallest}`);
  assert.ok(size < 20_000_000);
  assert.equal(size, files.reduce((sum, it) => sum + it.size, 0));
  const licences = readFileSync(join(SITE, "assets/try/licences.txt"), "utf8");
  for (const name of ["Pyodide", "CPython", "PyYAML", "@codemirror/view", "@lezer/yaml", "style-mod"]) {
    assert.ok(licences.includes(name), name);
  }
});
