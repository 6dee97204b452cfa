// What the tests of the page "Try it in the browser" share: the site, the program, and the page as a
// person sees it. They run in the root of the repository.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

export const SITE = resolve("dist/site");
export const PAGE = "docs/try-in-the-browser.html";
export const DATA = JSON.parse(readFileSync(resolve(".tools/try/page.json"), "utf8"));
const PROGRAM = resolve(".venv/bin/modelserving-lws");

/** What the installed program writes and reports for files in a folder of its own.
 * @param {Record<string, string | Buffer>} files @param {string[]} given
 */
export function native(files, ...given) {
  return inFolder(files, (folder) => {
    const [command, ...rest] = given;
    const report = join(folder, "report.json");
    const all = ["--keep-going", ...rest, `--report=json=${report}`, `-o=${folder}/out/`, "."];
    run([command, ...all], join(folder, "in"));
    const written = {};
    for (const entry of readdirSync(join(folder, "out"), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      if (entry.isFile()) written[relative(join(folder, "out"), path)] = readFileSync(path);
    }
    return { files: written, report: JSON.parse(readFileSync(report, "utf8")) };
  });
}

/** The tree of pods that the installed program prints. @param {Record<string, Buffer>} files */
export function nativeTree(files) {
  return inFolder(files, (folder) => run(["render", "--tree", "--format=json", "."], join(folder, "in")));
}

/** @param {Record<string, string | Buffer>} files @param {(folder: string) => any} action */
function inFolder(files, action) {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, "in", path)), { recursive: true });
      writeFileSync(join(folder, "in", path), text);
    }
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the installed program prints; 1 is an exit code of a run like others.
 * @param {string[]} given @param {string} [cwd]
 */
export function run(given, cwd) {
  try {
    return execFileSync(PROGRAM, given, { cwd, stdio: ["ignore", "pipe", "ignore"] }).toString();
  } catch (error) {
    if (error.status !== 1) throw error;
    return error.stdout.toString();
  }
}

/** The options of the command line for settings of the page. @param {Record<string, string>} it */
export const options = (it) => Object.entries(it).map(([name, value]) => `--set=${name}=${value}`);

/** The page as a person uses it. */
export class Person {
  /** @param {any} page  A page of Playwright. @param {string} origin */
  constructor(page, origin) {
    this.page = page;
    this.origin = origin;
    /** What must not be: errors, requests to elsewhere, breaches of the policy. */
    this.problems = [];
    /** @type {string[]} */
    this.requests = [];
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(message.text());
    });
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("dialog", (dialog) => this.problems.push(dialog.message()));
    page.context().on("request", (request) => this.requests.push(request.url()));
  }

  /** Opens the page and waits until it has run the program. @param {string} [fragment] */
  async open(fragment = "") {
    await this.page.goto(`${this.origin}/${PAGE}${fragment}`);
    await this.#ran(0);
  }

  /** Does something, and waits until the page has run the program on what is there then.
   * @param {() => Promise<unknown>} action
   */
  async runs(action) {
    const before = await this.#done();
    await action();
    await this.#ran(before);
  }

  async #done() {
    return Number(await this.page.getAttribute("#try", "data-done"));
  }

  /** @param {number} before */
  async #ran(before) {
    await this.page.waitForFunction(
      (last) => Number(document.getElementById("try").dataset.done) > last,
      before,
      { timeout: 60_000 },
    );
  }

  status() {
    return this.page.textContent("#try-status");
  }

  /** @param {string} name */
  async tab(name) {
    await this.page.click(`#try-tabs-${name}`);
  }

  /** Waits until the status has this text. @param {string | RegExp} text */
  async says(text) {
    await this.page.locator("#try-status", { hasText: text }).waitFor({ timeout: 60_000 });
  }

  /** The bytes that the button saves. */
  async saved() {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.page.click("#try-save")]);
    return readFileSync(await download.path());
  }

  /** The bytes of all files of the result, by their names. */
  async results() {
    await this.tab("ModelServing");
    const found = {};
    for (const path of await this.page.$$eval("#try-file option", (all) => all.map((it) => it.value))) {
      await this.page.selectOption("#try-file", path);
      found[path] = await this.saved();
    }
    return found;
  }

  /** Opens files, as by the button. @param {Record<string, string | Buffer>} files */
  async opens(files) {
    const all = Object.entries(files).map(([name, text]) => ({
      name,
      mimeType: "application/yaml",
      buffer: Buffer.from(text),
    }));
    await this.page.setInputFiles("#try-input", all);
  }
}
