// Which sections a query finds, and in which order. MiniSearch finds them. What decides the order is, from first to last:
//
// 1. all words of the query before some of them
// 2. the words as a phrase before the words apart
// 3. whole words before the beginnings of words, and those before parts of names: `read` in `READ_LIMIT`
// 4. a term that the glossary explains, then guides, then code, then the API
// 5. rare words before frequent ones, and headings before texts: MiniSearch's score

import MiniSearch from "minisearch";
import { normalize, partsOf, phraseIn, wordsOf, wordsToFind } from "./words.js";

/** How much of a word matches. */
const WHOLE = 3;
const BEGINNING = 2;
const PART = 1;

/** What comes first, if all else is equal. */
const KINDS = ["term", "guide", "code", "api"];

/** Among the guides, the lessons weigh more than what is beside the course. */
const LESSON = 2.5;

/** The sections of the site, ready to be searched. */
export class Ranking {
  #sections;
  #phrases = new Map();
  #index = new MiniSearch({
    fields: ["title", "text", "parts"],
    tokenize: wordsOf,
    processTerm: normalize,
    extractField: (section, field) =>
      field === "parts"
        ? wordsOf(`${section.title} ${section.text}`).flatMap(partsOf).join(" ")
        : section[field],
  });

  /** @param {import("../search_data.js").Found[]} sections */
  constructor(sections) {
    this.#sections = sections;
    this.#index.addAll(sections.map((section, id) => ({ ...section, id })));
  }

  /**
   * Finds sections.
   *
   * @param {string} query what somebody typed
   * @returns {{ section: import("../search_data.js").Found, words: string[] }[]} the best first, with the words to mark
   */
  find(query) {
    const words = wordsToFind(query);
    const found = this.#search(query, words, {});
    if (found[0]?.rank[0] === words.length) return found;
    // A word that is nowhere may be misspelt.
    const similar = this.#search(query, words, { fuzzy: (word) => word.length > 4 && 0.25 });
    return (similar[0]?.rank[0] ?? 0) > (found[0]?.rank[0] ?? 0) ? similar : found;
  }

  #search(query, words, options) {
    return this.#index
      .search(words.join(" "), {
        prefix: (word) => word.length > 1,
        boost: { title: 4, parts: 0.2 },
        boostDocument: (id) => (this.#sections[id].kind === "lesson" ? LESSON : 1),
        weights: { prefix: 0.3, fuzzy: 0.2 },
        ...options,
      })
      .map((hit) => ({
        section: this.#sections[hit.id],
        words: options.fuzzy ? hit.terms : words,
        rank: this.#rank(hit, query, words),
      }))
      .sort((one, other) => compare(other.rank, one.rank));
  }

  /** What decides the order, the most important first; more is better. */
  #rank({ id, match, score, queryTerms }, query, words) {
    const matched = Object.entries(match).map(([term, fields]) => ({
      term,
      isPart: fields.every((field) => field === "parts"),
    }));
    const completeness = (word) => {
      const own = matched.filter(({ term }) => term.startsWith(word));
      if (own.some(({ term, isPart }) => term === word && !isPart)) return WHOLE;
      if (own.some(({ isPart }) => !isPart)) return BEGINNING;
      return own.length > 0 ? PART : 0;
    };
    return [
      new Set(queryTerms).size,
      this.#phraseIn(id, query, words),
      words.map(completeness).reduce((sum, each) => sum + each, 0),
      -this.#place(id, match, query, words),
      score,
    ];
  }

  /** 2 if a section has the query as it was typed, 1 if only its telling words follow each other, or else 0. */
  #phraseIn(id, query, words) {
    if (words.length < 2) return 0;
    if (!this.#phrases.has(id)) {
      const { title, text } = this.#sections[id];
      this.#phrases.set(id, `${phraseIn(title)} /${phraseIn(text)}`);
    }
    const text = this.#phrases.get(id);
    if (text.includes(phraseIn(query))) return 2;
    return text.includes(phraseIn(words.join(" "))) ? 1 : 0;
  }

  /** The place of a section among the kinds. A name as only code writes it means the API. */
  #place(id, match, query, words) {
    const { kind, title } = this.#sections[id];
    if (kind === "api" && title === query && partsOf(query).length > 0) return 0;
    // The glossary also uses words where it explains others.
    const inTitle = Object.values(match).filter((fields) => fields.includes("title")).length;
    if (kind === "term" && inTitle >= words.length) return 0;
    return KINDS.indexOf(["code", "api"].includes(kind) ? kind : "guide");
  }
}

/** Compares lists of numbers; the first that differs decides. */
function compare(one, other) {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place < 0 ? 0 : one[place] - other[place];
}
