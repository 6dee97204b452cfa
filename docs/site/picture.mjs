// Takes the picture of the page "Try it in the browser" for the README and for Git hosts.
//
//   node picture.mjs SITE PICTURE CHROMIUM

import { resolve } from "node:path";
import { chromium } from "playwright-core";
import { serve } from "./serve.mjs";

const [site, path, executablePath] = process.argv.slice(2).map((it) => resolve(it));
const { server, origin } = await serve(site);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1000, height: 900 }, colorScheme: "light" });
await page.goto(`${origin}/docs/try-in-the-browser.html`);
await page.waitForFunction(() => document.getElementById("try").dataset.done, null, { timeout: 60_000 });
// A time differs from run to run.
await page.$eval("#try-status", (it) => {
  it.textContent = it.textContent.replace(/ \(\d+ ms\)/, "");
});
const { x, y, width } = await page.locator("#try").boundingBox();
await page.screenshot({ path, clip: { x: x - 8, y: y - 8, width: width + 16, height: 560 } });
await browser.close();
server.close();
