// The page "Try it in the browser" in Chromium: what it shows is what the program gives.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { DATA, Person, SITE, native, options, run } from "./page.mjs";
import { serve } from "./serve.mjs";

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
  assert.equal(rules["default-src"], "'none'");
  assert.equal(rules["connect-src"], "'self'");
  assert.match(rules["script-src"], /^'self' 'wasm-unsafe-eval'( 'sha256-[^']+')+$/);
});
