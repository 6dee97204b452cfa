// Drives Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), as far as the tests of
// the page need it: Playwright drives a Firefox of its own alone.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

export class Firefox {
  #id = 0;
  #waiting = new Map();
  /** @type {{ method: string, params: any }[]} */
  events = [];

  /** Starts Firefox, and opens a tab. @param {string} executable */
  static async start(executable) {
    const firefox = new Firefox();
    firefox.profile = mkdtempSync(join(tmpdir(), "firefox-"));
    const given = ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", firefox.profile];
    firefox.process = spawn(executable, given, { stdio: ["ignore", "ignore", "pipe"] });
    const address = await new Promise((done, fail) => {
      firefox.process.once("exit", () => fail(new Error("Firefox ended")));
      createInterface(firefox.process.stderr).on("line", (line) => {
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
        if (found) done(found[1]);
      });
    });
    firefox.socket = new WebSocket(`${address}/session`);
    await new Promise((done, fail) => firefox.socket.once("open", done).once("error", fail));
    firefox.socket.on("message", (data) => firefox.#hear(JSON.parse(data)));
    await firefox.send("session.new", { capabilities: {} });
    await firefox.send("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
    const { context } = await firefox.send("browsingContext.create", { type: "tab" });
    firefox.context = context;
    return firefox;
  }

  async stop() {
    this.socket?.close();
    if (this.process.exitCode === null) {
      const ended = new Promise((done) => this.process.once("exit", done));
      this.process.kill();
      await ended;
    }
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** @param {string} method @param {object} params @returns {Promise<any>} */
  send(method, params) {
    this.#id += 1;
    this.socket.send(JSON.stringify({ id: this.#id, method, params }));
    return new Promise((done, fail) => this.#waiting.set(this.#id, { done, fail }));
  }

  /** @param {any} message */
  #hear(message) {
    if (message.type === "event") {
      this.events.push(message);
      return;
    }
    const { done, fail } = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === "error") fail(new Error(`${message.error}: ${message.message}`));
    else done(message.result);
  }

  /** @param {string} url */
  async open(url) {
    await this.send("browsingContext.navigate", { context: this.context, url, wait: "complete" });
  }

  /** What an expression gives in the page, as JSON; it may be a promise. @param {string} expression */
  async evaluate(expression) {
    const found = await this.send("script.evaluate", {
      expression: `Promise.resolve(${expression}).then(JSON.stringify)`,
      target: { context: this.context },
      awaitPromise: true,
    });
    if (found.type === "exception") throw new Error(found.exceptionDetails.text);
    return found.result.value === undefined ? undefined : JSON.parse(found.result.value);
  }

  /** Waits until an expression is true. @param {string} expression */
  async until(expression) {
    for (let i = 0; i < 600; i += 1) {
      if (await this.evaluate(expression)) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`not within a minute: ${expression}`);
  }

  /** Presses keys, one after the other. @param {string[]} keys */
  async press(...keys) {
    const actions = keys.flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
    const source = { type: "key", id: "keys", actions };
    await this.send("input.performActions", { context: this.context, actions: [source] });
  }

  /** The requests that the browser has sent for the tab. */
  get requests() {
    const sent = this.events.filter(({ method }) => method === "network.beforeRequestSent");
    return sent.map(({ params }) => params.request.url);
  }

  /** The errors in the console. */
  get errors() {
    const logged = this.events.filter(({ method }) => method === "log.entryAdded");
    return logged.filter(({ params }) => params.level === "error").map(({ params }) => params.text);
  }
}
