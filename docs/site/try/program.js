// The program in its worker: it runs the newest request, and is started anew where one takes long.

/** In ms: how long a run may take. */
export const MOST_TIME = 10_000;

/**
 * @typedef {{ command: string, files: Record<string, string>, settings: Record<string, string>,
 *   config: object | null, ignored: string[] }} Request
 * @typedef {{ onStep: (done: number, steps: number) => void, onReady: () => void,
 *   onAnswer: (answer: any, time: number) => void, onPods: (pods: any) => void,
 *   onProblem: (text: string) => void }} Listener  A request has an answer, then pods; or a problem.
 */

export class Program {
  #worker = null;
  #isReady = false;
  #id = 0;
  /** @type {Request | null} What waits until the worker is free. */
  #next = null;
  #timer = 0;
  #since = 0;
  /** Whether the request has its answer, and waits for its pods. */
  #isAnswered = false;

  /**
   * @param {string} base  The address of the folder with the worker's files, which ends in `/`.
   * @param {Listener} listener
   */
  constructor(base, listener) {
    this.base = base;
    this.listener = listener;
    this.#start();
  }

  /** Runs a request as soon as the worker is free; it takes the place of one that still waits.
   * @param {Request} request
   */
  run(request) {
    this.#next = request;
    this.#send();
  }

  #start() {
    // A worker of a blob has the page's Content-Security-Policy, one of a file has none.
    const script = `importScripts(${JSON.stringify(`${this.base}worker.js`)})`;
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.#isReady = false;
    this.#worker = new Worker(url);
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end();
      this.listener.onProblem(`The program could not be loaded: ${event.message || "no answer"}.`);
    };
    this.#worker.postMessage({ base: this.base });
    this.listener.onStep(0, 3);
  }

  #send() {
    if (!this.#isReady || this.#timer || !this.#next) return;
    const request = JSON.stringify(this.#next);
    this.#next = null;
    this.#id += 1;
    this.#isAnswered = false;
    this.#since = performance.now();
    this.#timer = window.setTimeout(() => this.#stop(), MOST_TIME);
    this.#worker.postMessage({ id: this.#id, request });
  }

  /** @param {any} data */
  #hear(data) {
    if (data.step !== undefined) {
      this.listener.onStep(data.step, 3);
    } else if (data.ready) {
      this.#isReady = true;
      this.listener.onReady();
      this.#send();
    } else if (data.answer !== undefined) {
      this.#isAnswered = true;
      this.listener.onAnswer(JSON.parse(data.answer), performance.now() - this.#since);
    } else if (data.pods !== undefined) {
      this.#end();
      this.listener.onPods(JSON.parse(data.pods));
      this.#send();
    } else if (data.id !== undefined) {
      // What is left of the program after a failure is not to be relied on.
      this.#restart(`The program failed: ${lastLine(data.problem)}`);
    } else if (data.problem !== undefined) {
      this.listener.onProblem(`The program could not be loaded: ${lastLine(data.problem)}`);
    }
  }

  #stop() {
    const limit = `over ${MOST_TIME / 1000} seconds. The command line has no such limit.`;
    this.#restart(
      this.#isAnswered
        ? `Stopped: this input and its pods take ${limit}`
        : `Stopped: this input takes ${limit}`,
    );
  }

  #end() {
    window.clearTimeout(this.#timer);
    this.#timer = 0;
  }

  /** @param {string} problem */
  #restart(problem) {
    this.#end();
    this.#worker.terminate();
    this.#start();
    if (this.#isAnswered) this.listener.onPods({ tree: null, report: null, said: [problem] });
    else this.listener.onProblem(problem);
  }
}

/** @param {string} text  A traceback ends with its error. */
function lastLine(text) {
  return text.trim().split("\n").at(-1);
}
