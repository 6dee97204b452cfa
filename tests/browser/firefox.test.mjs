// The page "Try it in the browser" in Firefox: it loads, follows keys, and gives the program's bytes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Firefox } from "./firefox.mjs";
import { DATA, PAGE, SITE, native, options } from "./page.mjs";
import { serve } from "./serve.mjs";

const skip = process.env.FIREFOX ? false : "Firefox is not on the PATH";
const DONE = 'Number(document.getElementById("try").dataset.done ?? 0)';
const PAUSE = "new Promise((done) => setTimeout(done, 100))";
let firefox;
let server;
let origin;

before(async () => {
  if (skip) return;
  ({ server, origin } = await serve(SITE));
  firefox = await Firefox.start(process.env.FIREFOX);
  await firefox.open(`${origin}/${PAGE}`);
  await firefox.until(`${DONE} > 0`);
});
after(async () => {
  await firefox?.stop();
  server?.close();
});

/** Does something, and waits until the page has run the program. @param {() => Promise<unknown>} action */
async function runs(action) {
  const last = await firefox.evaluate(DONE);
  await action();
  await firefox.until(`${DONE} > ${last}`);
}

/** @param {string} id @param {string} value */
const pick = (id, value) =>
  firefox.evaluate(`(() => {
    const it = document.getElementById(${JSON.stringify(id)});
    it.value = ${JSON.stringify(value)};
    it.dispatchEvent(new Event("change", { bubbles: true }));
  })()`);

/** What the button saves: the text of the blob that it makes. */
const SAVED = `new Promise((done) => {
  const make = URL.createObjectURL;
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = () => {};
  URL.createObjectURL = (blob) => { blob.text().then(done); return make.call(URL, blob); };
  document.getElementById("try-save").click();
  URL.createObjectURL = make;
  HTMLAnchorElement.prototype.click = click;
})`;

async function results() {
  const found = {};
  const paths = await firefox.evaluate('[...document.getElementById("try-file").options].map((it) => it.value)');
  for (const path of paths) {
    await pick("try-file", path);
    found[path] = await firefox.evaluate(SAVED);
  }
  return found;
}

test("each example gives the program's bytes in Firefox", { skip }, async () => {
  for (const [i, { title, command, settings, files }] of DATA.examples.entries()) {
    if (i) await runs(() => pick("try-example", String(i)));
    const expected = native(files, command, ...options(settings)).files;
    const texts = Object.entries(expected).map(([path, data]) => [path, data.toString()]);
    assert.deepEqual(await results(), Object.fromEntries(texts), title);
  }
});

test("the result follows each key in Firefox", { skip }, async () => {
  await runs(() => pick("try-example", "0"));
  await firefox.evaluate('document.querySelector("#try-editor .cm-content").focus()');
  const [down, end] = ["\ue015", "\ue010"];
  await firefox.press(down, down, down, down, end);
  const times = [];
  for (const key of "abcde") {
    const from = Date.now();
    await runs(() => firefox.press(key));
    times.push(Date.now() - from);
  }
  console.log(`From a key to its result and pods in Firefox: ${times.sort((a, b) => a - b)[2]} ms.`);
  await pick("try-file", "leaderworkerset.yaml");
  assert.match(await firefox.evaluate(SAVED), /^ {2}name: qwen3-235babcde$/m);
});

test("tabs and places work by the keyboard in Firefox", { skip }, async () => {
  const [tab, enter, right] = ["\ue004", "\ue006", "\ue014"];
  await firefox.evaluate('document.getElementById("try-tabs-ModelServing").focus()');
  await firefox.press(right);
  assert.equal(await firefox.evaluate("document.activeElement.id"), "try-tabs-Report");
  assert.equal(await firefox.evaluate('document.getElementById("try-panel-Report").hidden'), false);
  for (let i = 0; i < 5; i += 1) {
    await firefox.press(tab);
    if (await firefox.evaluate('document.activeElement.matches("#try-panel-Report button")')) break;
  }
  await firefox.press(enter);
  assert.ok(await firefox.evaluate('document.activeElement.closest("#try-editor") !== null'));
});

test("Firefox sends no request to elsewhere, and has no error to tell", { skip }, async () => {
  const foreign = firefox.requests.filter((it) => !it.startsWith(origin) && !/^(blob|data):/.test(it));
  assert.deepEqual(foreign, []);
  assert.ok(firefox.requests.length > 10);
  assert.deepEqual(firefox.errors, []);
  const other = 'fetch("http://127.0.0.1:9/").then(() => "sent", () => "refused")';
  assert.equal(await firefox.evaluate(other), "refused");
  for (let i = 0; i < 50 && !firefox.errors.length; i += 1) await firefox.evaluate(PAUSE);
  assert.match(firefox.errors.join(), /Content-Security-Policy/);
});
