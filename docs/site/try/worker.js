// Runs the program in WebAssembly, off the page's thread. It gets requests as JSON (driver.py says
// what they have) and gives answers as JSON. The page starts it from a blob, so that it has the
// page's Content-Security-Policy, and tells it first where its files are.

/** @type {{ answer: (request: string) => string, pods: () => string } | undefined} */
let driver;

/** @param {number} done  Of the steps of a start, how many are done. */
const step = (done) => self.postMessage({ step: done });

/** @param {string} base  The address of the folder with the files, which ends in `/`. */
async function start(base) {
  const program = fetch(`${base}program.zip`).then((response) => {
    if (!response.ok) throw new Error(`${response.status} for program.zip`);
    return response.arrayBuffer();
  });
  self.importScripts(`${base}pyodide.js`);
  step(1);
  const python = await self.loadPyodide({ indexURL: base });
  step(2);
  // Not into the current folder: the program runs in others, and imports some of its modules there.
  const extractDir = python.runPython("__import__('sysconfig').get_path('purelib')");
  python.unpackArchive(await program, "zip", { extractDir });
  driver = python.pyimport("driver");
  step(3);
  self.postMessage({ ready: true });
}

self.onmessage = async ({ data }) => {
  try {
    if (data.base) {
      await start(data.base);
    } else {
      self.postMessage({ id: data.id, answer: driver.answer(data.request) });
      self.postMessage({ id: data.id, pods: driver.pods() });
    }
  } catch (error) {
    self.postMessage({ id: data.id, problem: String(error?.message ?? error) });
  }
};
