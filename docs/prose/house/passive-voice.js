// At most a share of a page's sentences in the passive voice, which leaves open who does it.

import passive from "passive-voice";
import { splitAST, SentenceSplitterSyntax } from "sentence-splitter";
import { StringSource } from "textlint-util-to-string";

export default function (context, { percent }) {
  const { Syntax, RuleError, report, locator } = context;
  const found = [];
  let sentences = 0;
  return {
    [Syntax.Paragraph](node) {
      for (const sentence of splitAST(node).children) {
        if (sentence.type !== SentenceSplitterSyntax.Sentence) continue;
        sentences += 1;
        const source = new StringSource(sentence);
        const text = source.toString();
        for (const { index, offset } of passive(text).slice(0, 1)) {
          const start = source.originalIndexFromIndex(index) + sentence.range[0] - node.range[0];
          found.push({ node, words: text.slice(index, index + offset), start });
        }
      }
    },
    [Syntax.DocumentExit]() {
      const allowed = Math.max(2, Math.floor((sentences * percent) / 100));
      if (found.length <= allowed) return;
      const share = `${found.length} of ${sentences} sentences are passive; at most ${allowed} may be`;
      for (const { node, words, start } of found) {
        const message = `"${words.replace(/\s+/g, " ")}": say who does it (${share})`;
        report(node, new RuleError(message, { padding: locator.at(start) }));
      }
    },
  };
}
