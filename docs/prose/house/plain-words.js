// Words that make a sentence vague or hard to read, with what to write in their place.

// At the start of a sentence alone.
const CONDITION = /(?<=^|[.:;] )Where (?![^.]*\?)/;
const WORDS = [
  [CONDITION, "If, or When: a condition is no place"],
  [/, where (?:it|they|there|that|this|one|none) (?:is|are|has|have|does|do)\b/, "if"],
  [/\bstands? (?:there|in|at|among|beside|before|behind|below|above)\b/, "is, comes"],
  [/\bsees? to\b/, "makes sure"],
  [/\bma(?:ke|kes|de|king) (?:out )?of\b/, "from"],
  [/\bin (?:the )?place of\b/, "instead of"],
  [/\b(?:no|some|any)body\b/, "no one, someone, anyone"],
  [/\bwho(?:ever|soever)\b/, "the person who"],
  [/\bwhatever\b/, "any, no matter which"],
  [/\b(?:is|are) gone\b/, "no longer exists"],
  [/\bat once\b/, "immediately"],
  [/\bthereof|therein|hence|whence|thus\b/, "so, of it"],
  [/\bbesides\b/, "also"],
  [/\ball that\b/, "everything that"],
  [/\bsays? so\b/, "reports it"],
  [/\bin order to\b/, "to"],
  [/\b(?:just|simply|easy|easily|obviously|of course|please)\b/, "(leave it out)"],
  [/\b(?:e\.g\.|i\.e\.|etc\.)/, "for example, that is, and so on"],
  [/\b(?:currently|nowadays|soon)\b/, "the version that it is true of"],
  [/\b(?:will|won't|shall)\b/, "the present tense"],
  [/\b(?:we|our|ours|us|let's)\b/, "you, or the program"],
];

export default function ({ Syntax, RuleError, report, getSource, locator }) {
  return {
    [Syntax.Str](node) {
      const text = getSource(node);
      for (const [word, better] of WORDS) {
        for (const match of text.matchAll(new RegExp(word, word === CONDITION ? "g" : "gi"))) {
          const padding = locator.range([match.index, match.index + match[0].length]);
          report(node, new RuleError(`"${match[0].trim()}": write ${better}`, { padding }));
        }
      }
    },
  };
}
