// Files that a person opens, drops and saves.

const NAMES = /\.(yaml|yml|json)$|(^|\/)Kustomization$/;

/** The name of a file as the program takes it: relative, and one of its kinds.
 * @param {string} name
 */
export function fileName(name) {
  const parts = name.trim().split(/[\\/]+/).filter((part) => !["", ".", ".."].includes(part));
  const path = parts.join("/") || "input";
  return NAMES.test(path) ? path : `${path}.yaml`;
}

/**
 * The texts of files by their names. Throws where one is no UTF-8, or all have too many bytes.
 * @param {[string, File][]} files @param {number} limit
 * @returns {Promise<Record<string, string>>}
 */
export async function textsOf(files, limit) {
  const size = files.reduce((sum, [, file]) => sum + file.size, 0);
  if (size > limit) throw new Error(tooLarge(size, limit));
  const texts = {};
  for (const [name, file] of files) {
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      texts[fileName(name)] = decoder.decode(await file.arrayBuffer());
    } catch {
      throw new Error(`${name} is not UTF-8 text.`);
    }
  }
  return texts;
}

/** @param {number} size @param {number} limit  In bytes. */
export function tooLarge(size, limit) {
  const [found, most] = [size, limit].map((bytes) => (bytes / 1e6).toFixed(1));
  return `The input has ${found} MB. This page takes up to ${most} MB; the command line takes 200 MB.`;
}

/** The files in what a person drops, folders included; hidden ones are left out.
 * @param {DataTransfer} transfer @returns {Promise<[string, File][]>}
 */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => [file.name, file]);
  const found = [];
  await Promise.all(entries.map((entry) => below(entry, "", found, entries.length > 1)));
  return found;
}

/** Puts the files of an entry into a list. A folder that is dropped alone is the root.
 * @param {any} entry @param {string} path @param {[string, File][]} found @param {boolean} isNamed
 */
async function below(entry, path, found, isNamed = true) {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    if (!path || NAMES.test(entry.name)) found.push([`${path}${entry.name}`, file]);
    return;
  }
  if (entry.name.startsWith(".")) return;
  const reader = entry.createReader();
  const inner = isNamed ? `${path}${entry.name}/` : path;
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return;
    await Promise.all(some.map((it) => below(it, inner, found)));
  }
}

/** Gives a person a file to save.
 * @param {string} path @param {string} text
 */
export function save(path, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = path.replaceAll("/", "_");
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
