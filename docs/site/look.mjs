// Looks at every page of the built site in Chromium, at the widths of a phone and of a desktop: saves a
// screenshot, and exits with 1 for an error in the console, a request to another origin or that
// fails, text that is wider than the page, a link to no anchor, or a search that finds nothing.
//
//   node look.mjs SITE SCREENSHOTS CHROMIUM

import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./serve.mjs";

const [site, screenshots, executablePath] = process.argv.slice(2).map((path) => resolve(path));
const VIEWS = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
const { server, origin } = await serve(site);

const problems = [];
let where = "";
const problem = (text) => problems.push(`${where}: ${text}`);

// What a page must not do; `allowed` is the start of the addresses that it may ask for.
function watch(page, allowed) {
  page.on("console", (message) => {
    if (message.type() === "error") problem(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problem(`error: ${error.message}`));
  page.on("requestfailed", (request) => {
    const { errorText } = request.failure(); // the next page ends what the last one still loads
    if (errorText !== "net::ERR_ABORTED") problem(`request failed: ${request.url()} ${errorText}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(allowed) && !/^(data|blob):/.test(url)) problem(`another origin: ${url}`);
  });
}

async function look(page) {
  await page.waitForFunction(
    () => !document.querySelector("pre.mermaid, .mermaid > code"),
    null,
    { timeout: 15_000 },
  ).catch(() => problem("a diagram is not drawn"));
  const found = await page.evaluate(() => {
    const anchors = [...document.querySelectorAll("a[href^='#']")].map((a) => a.getAttribute("href"));
    const missing = anchors.filter((href) => href.length > 1 &&
      !document.getElementById(decodeURIComponent(href.slice(1))) &&
      !document.getElementsByName(decodeURIComponent(href.slice(1))).length);
    return { missing, over: document.documentElement.scrollWidth - window.innerWidth };
  });
  for (const href of new Set(found.missing)) problem(`no anchor ${href}`);
  if (found.over > 0) problem(`the page is ${found.over} pixels wider than the window`);
}

async function search(page) {
  await page.keyboard.press("/");
  await page.keyboard.type("worker-index", { delay: 20 });
  await page.waitForSelector(".md-search-result__item a", { timeout: 15_000 }).catch(() =>
    problem("the search finds nothing"));
}

const pages = readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html")).sort();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const [view, options] of Object.entries(VIEWS)) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ ...options, colorScheme });
    const page = await context.newPage();
    watch(page, origin);
    for (const name of colorScheme === "light" ? pages : ["index.html", "docs/architecture.html"]) {
      where = `${view}, ${colorScheme}, ${name}`;
      await page.goto(`${origin}/${name}`, { waitUntil: "load" });
      await look(page);
      const scheme = await page.evaluate(() => document.body.dataset.mdColorScheme);
      if (scheme !== (colorScheme === "light" ? "default" : "slate")) problem(`scheme ${scheme}`);
      const file = join(screenshots, `${view}-${colorScheme}`, name.replace(/\.html$/, ".png"));
      mkdirSync(dirname(file), { recursive: true });
      await page.screenshot({ path: file });
    }
    where = `${view}, ${colorScheme}, search`;
    await page.goto(`${origin}/index.html`);
    if (view === "desktop") await search(page);
    await context.close();
  }
}

// Also without a server, as the site comes out of an archive.
where = "from the file system";
const page = await browser.newPage();
const index = pathToFileURL(join(site, "index.html")).href;
watch(page, index.replace(/index\.html$/, ""));
await page.goto(index);
await search(page);

await browser.close();
server.close();
for (const text of problems) console.error(text);
console.log(
  `Looked at ${pages.length} pages: ${problems.length} problems; ` +
    `screenshots in ${relative(process.cwd(), screenshots)}`,
);
process.exit(problems.length ? 1 : 0);
