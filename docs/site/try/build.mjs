// Builds what the page "Try it in the browser" loads, of the sources and of what pack.py has packed:
// bundles the page and its worker, takes Pyodide's files, and lists licences and sizes.
//
//   node build.mjs SOURCES PACKED OUT        beside the node_modules

import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [sources, packed, out] = process.argv.slice(2).map((path) => resolve(path));
const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
/** In bytes, of all files that the page loads. */
const MOST = 20_000_000;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const built = await build({
  entryPoints: ["page.js", "worker.js"].map((name) => join(sources, name)),
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  nodePaths: [modules],
  alias: { "page-data": join(packed, "page.json") },
  metafile: true,
});
copyFileSync(join(sources, "try.css"), join(out, "try.css"));
copyFileSync(join(packed, "program.zip"), join(out, "program.zip"));
for (const name of ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]) {
  copyFileSync(join(modules, "pyodide", name), join(out, name));
}
// Pyodide's list of the packages that it could load: none is needed, and none is served.
const lock = JSON.parse(readFileSync(join(modules, "pyodide", "pyodide-lock.json"), "utf8"));
writeFileSync(join(out, "pyodide-lock.json"), `${JSON.stringify({ ...lock, packages: {} })}\n`);

/** @param {string} name  A package. */
const about = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
const used = Object.keys(built.metafile.inputs)
  .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
  .filter(Boolean);
const licences = [...new Set(used)].sort().map((name) => {
  const { version, license } = about(name);
  const file = readdirSync(join(modules, name)).find((it) => /^licen[cs]e/i.test(it));
  return `${name} ${version}: ${license}\n\n${readFileSync(join(modules, name, file), "utf8").trim()}\n`;
});
const pyodide = about("pyodide");
licences.unshift(`\
Licences of what the page "Try it in the browser" loads

modelserving-lws: Apache-2.0

Pyodide ${pyodide.version}: ${pyodide.license}
Its source: https://github.com/pyodide/pyodide/tree/${pyodide.version}
The licence: https://www.mozilla.org/MPL/2.0/
It holds CPython: PSF-2.0, https://docs.python.org/3.13/license.html

PyYAML: MIT

${readFileSync(join(packed, "pyyaml-licence.txt"), "utf8").trim()}
`);
writeFileSync(join(out, "licences.txt"), licences.join(`\n${"-".repeat(78)}\n\n`));

const sizes = readdirSync(out).map((name) => {
  const data = readFileSync(join(out, name));
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  return {
    name,
    size: data.length,
    gzip: gzipSync(data, { level: 9 }).length,
    brotli: brotliCompressSync(data, brotli).length,
  };
});
const total = (key) => sizes.reduce((sum, it) => sum + it[key], 0);
const totals = { size: total("size"), gzip: total("gzip"), brotli: total("brotli") };
writeFileSync(join(out, "sizes.json"), `${JSON.stringify({ ...totals, files: sizes }, null, 1)}\n`);
if (total("size") > MOST) {
  console.error(`The page loads ${total("size")} bytes, more than ${MOST}.`);
  process.exit(1);
}
