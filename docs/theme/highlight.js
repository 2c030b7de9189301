// Code is coloured however busy the machine is. The highlighter gives up on a line after half a second, and the rest of
// that line is plain then. Two builds on a busy machine would differ, and nobody would know why.

import { Registry } from "@shikijs/vscode-textmate";

/** Makes every grammar that is loaded from now on take its time. TypeDoc has no option for that. */
export function takeTime() {
  const { loadGrammarWithConfiguration } = Registry.prototype;
  Registry.prototype.loadGrammarWithConfiguration = function (...configuration) {
    const grammar = loadGrammarWithConfiguration.apply(this, configuration);
    const { tokenizeLine2 } = grammar;
    // The third argument would be the limit.
    grammar.tokenizeLine2 = (line, state) => tokenizeLine2.call(grammar, line, state);
    return grammar;
  };
}
