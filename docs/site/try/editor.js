// The editor and the views of results: CodeMirror 6. A text keeps its own line breaks.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { unifiedMergeView } from "@codemirror/merge";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorSelection, EditorState, Text } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const DEEPEST = 500;
// try.css has the colours, for the light and the dark scheme.
const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: "try-key" },
  { tag: [tags.string, tags.content, tags.special(tags.string)], class: "try-string" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], class: "try-atom" },
  { tag: [tags.comment, tags.lineComment], class: "try-comment" },
  { tag: [tags.meta, tags.labelName, tags.typeName], class: "try-meta" },
]);

/** What separates the lines of a text: CRLF where all of them end so, else a line feed alone.
 * @param {string} text
 */
function lineBreak(text) {
  const feeds = text.split("\n").length - 1;
  return feeds > 0 && text.split("\r\n").length - 1 === feeds ? "\r\n" : "\n";
}

/** Whether brackets are nested so deeply that the parser of CodeMirror has no stack for them.
 * @param {string} text
 */
function isDeep(text) {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + ("[{".includes(bracket) ? 1 : -1));
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** @param {string} label @param {string} text */
function common(label, text) {
  return [
    lineNumbers(),
    drawSelection(),
    search({ top: true }),
    highlightSelectionMatches(),
    ...(isDeep(text) ? [] : [yaml(), syntaxHighlighting(COLOURS), bracketMatching()]),
    EditorState.lineSeparator.of(lineBreak(text)),
    EditorView.clipboardInputFilter.of((it, state) => it.replace(/\r\n?|\n/g, state.lineBreak)),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    // The page's Content-Security-Policy (hooks.py) takes styles with this nonce: those of CodeMirror.
    EditorView.cspNonce.of("codemirror"),
  ];
}

/** The text that a person edits. */
export class Editor {
  /** @param {HTMLElement} parent @param {(text: string) => void} onChange */
  constructor(parent, onChange) {
    this.onChange = onChange;
    this.view = new EditorView({ parent, state: this.stateOf("", "") });
  }

  /** @returns {EditorState}  With an undo history of its own.
   * @param {string} text @param {string} name
   */
  stateOf(text, name) {
    return EditorState.create({
      doc: text,
      extensions: [
        history(),
        highlightActiveLine(),
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
        ...common(`Input: ${name}`, text),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.onChange(update.state.sliceDoc());
        }),
      ],
    });
  }

  /** @param {EditorState} state */
  show(state) {
    this.view.setState(state);
  }

  get state() {
    return this.view.state;
  }

  /** Selects the line and puts the cursor at a column, which counts code points from 1.
   * @param {number} line @param {number} column
   */
  goTo(line, column) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const before = [...at.text].slice(0, Math.max(column - 1, 0)).join("");
    this.view.dispatch({
      selection: EditorSelection.range(at.from + before.length, at.to),
      effects: EditorView.scrollIntoView(at.from, { y: "center" }),
    });
    this.view.focus();
  }
}

/** A text that is only shown, beside what it was before where a person asks for the changes. */
export class Viewer {
  /** @param {HTMLElement} parent @param {string} label */
  constructor(parent, label) {
    this.label = label;
    this.view = new EditorView({ parent, state: this.#stateOf("", null) });
  }

  /** @param {string} text @param {string | null} [before] */
  show(text, before = null) {
    this.view.setState(this.#stateOf(text, before));
  }

  /** @param {string} text @param {string | null} before */
  #stateOf(text, before) {
    const extensions = [
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ "aria-readonly": "true" }),
      keymap.of([...defaultKeymap, ...searchKeymap]),
      ...common(this.label, text),
    ];
    if (before !== null && before !== text) {
      extensions.push(
        unifiedMergeView({
          original: Text.of(before.split(lineBreak(text))),
          mergeControls: false,
          collapseUnchanged: { margin: 3, minSize: 8 },
          diffConfig: { scanLimit: 20_000, timeout: 200 },
        }),
      );
    }
    return EditorState.create({ doc: text, extensions });
  }
}
