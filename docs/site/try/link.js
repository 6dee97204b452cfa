// The state of the page in the fragment of its address, which no server gets: `#try=` and deflated
// JSON in base64url.

const START = "#try=";
/** In characters: more is cut off by some programs that pass addresses on. */
const LONGEST = 16_000;

/** The fragment of a state; null where that is too long.
 * @param {object} state @returns {Promise<string | null>}
 */
export async function toFragment(state) {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(state)), "deflate-raw");
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const fragment = START + text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return fragment.length > LONGEST ? null : fragment;
}

/** The state in a fragment; null where it has none. Throws where it is broken.
 * @param {string} fragment @returns {Promise<any>}
 */
export async function fromFragment(fragment) {
  if (!fragment.startsWith(START)) return null;
  const text = atob(fragment.slice(START.length).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(await through(bytes, "deflate-raw", true)));
}

/** @param {Uint8Array} bytes @param {"deflate-raw"} format @param {boolean} [isBack] */
async function through(bytes, format, isBack = false) {
  const stream = isBack ? new DecompressionStream(format) : new CompressionStream(format);
  const whole = new Response(new Blob([bytes]).stream().pipeThrough(stream));
  return new Uint8Array(await whole.arrayBuffer());
}
