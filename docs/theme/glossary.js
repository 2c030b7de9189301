// The glossary: a guide links to it where it first uses a word that the glossary explains.

import { sectionsOf } from "./course.js";

/** Where the glossary is. */
export const GLOSSARY = "docs/glossary.md";

/** What has no links to the glossary: other links, headings, answers that are folded, code and pictures. */
const LEFT_OUT = ["a", "h1", "h2", "h3", "h4", "details", "code", "pre", "figure", "svg"];

/**
 * Links the first use of each term to the glossary.
 *
 * @param context - the context of the page
 * @param {string} html the page, as TypeDoc draws it
 */
export function withTerms(context, html) {
  const { course, path } = context;
  const isGuide = path.startsWith("lessons/") || course.articles.includes(path);
  if (!isGuide || path === GLOSSARY) return html;
  const terms = new Map(
    sectionsOf(course.read(GLOSSARY))
      .slice(1)
      .flatMap(({ title, anchor }) => title.split(", ").map((name) => [name.toLowerCase(), anchor])),
  );
  // Long names first: "half-closed" is not "closed". The plural is the same term.
  const names = [...terms.keys()].sort((one, other) => other.length - one.length);
  const anyTerm = new RegExp(`(?<![\\w-])(${names.join("|")})s?(?![\\w-])`, "gi");
  const linked = new Set();
  const open = [];
  return html.replace(/<(\/?)(\w+)[^>]*>|[^<]+/g, (part, end, tag) => {
    if (LEFT_OUT.includes(tag)) end ? open.pop() : open.push(tag);
    if (tag !== undefined || open.length > 0) return part;
    return part.replace(anyTerm, (word, name) => {
      const anchor = terms.get(name.toLowerCase());
      if (linked.has(anchor)) return word;
      linked.add(anchor);
      return `<a class="term" href="${context.urlOf(GLOSSARY, anchor)}">${word}</a>`;
    });
  });
}
