// Words as the search compares them, and where they are in a text.

/** Words that say nothing about what is looked for. */
const STOP_WORDS = new Set(
  (
    "a about an and are as at be between but by can difference do does for from get happen how i if in into is it its " +
    "make me mean means my need of on or so than that the then there this to use was we what when where which who why will " +
    "with work works you your"
  ).split(" "),
);

const WORD = /[\p{L}\p{N}_$]+/gu;

/** The words of a text, as they are written. */
export const wordsOf = (text) => text.match(WORD) ?? [];

/** A word as it is compared: "Threads" is "thread". */
export function normalize(word) {
  const lower = word.toLowerCase();
  return lower.length > 3 && /[^s]s$/.test(lower) ? lower.slice(0, -1) : lower;
}

/** The parts of a name in code: those of `iterUnpack` are "iter" and "Unpack", those of `READ_LIMIT` "READ" and "LIMIT". */
export function partsOf(word) {
  const parts = word.split(/_|(?<=[a-z0-9])(?=[A-Z])/);
  return parts.length > 1 ? parts : [];
}

/** What somebody looks for: the words that say something, or all of them if none does. */
export function wordsToFind(query) {
  const all = wordsOf(query);
  const telling = all.filter((word) => !STOP_WORDS.has(word.toLowerCase()));
  return [...new Set((telling.length > 0 ? telling : all).map(normalize))];
}

/** A text in which a phrase can be looked for: its words, each after a space. `half_close` is a phrase too. */
export const phraseIn = (text) => ` ${wordsOf(text.replaceAll("_", " ")).map(normalize).join(" ")}`;

/**
 * Finds the words of a text that match one of those looked for, at least in their beginning.
 *
 * @param {string} text
 * @param {string[]} words as `wordsToFind` gives them
 * @returns {{ from: number, to: number, word: string }[]} where each is, and which word it matches
 */
export function matchesIn(text, words) {
  const begins = (written) => words.find((word) => normalize(written).startsWith(word));
  return [...text.matchAll(WORD)].flatMap(({ index: from, 0: written }) => {
    const word = begins(written) ?? partsOf(written).map(begins).find(Boolean);
    return word === undefined ? [] : [{ from, to: from + written.length, word }];
  });
}

/** How well a text fits: how many of the words it has, and one more if they follow each other. */
export function fit(text, words) {
  const found = new Set(matchesIn(text, words).map(({ word }) => word)).size;
  return found + (words.length > 1 && phraseIn(text).includes(phraseIn(words.join(" "))) ? 1 : 0);
}
