// What the search can find: the sections of all pages, as the words that a reader sees there.

/** A heading that can be linked to, or the step of a source page that it begins. */
const HEADING = /(?:<section id="(step-\d+)">\s*)?<h([1-3])(?: [^>]*?)?>(.*?)<\/h\2>/gs;

/** What a page shows, but not as words that belong to it, or shows a second time. */
const NO_WORDS =
  /<(button|title|desc)\b[^>]*>.*?<\/\1>|<p class="(?:to-guide|source-link)">.*?<\/p>|<a [^>]*class="(?:tsd-anchor-icon|to-guide)"[^>]*>.*?<\/a>|<div class="to-code">.*?<\/details><\/div>|<span class="stacked".*?(?:<\/span>){3}|<p class="on-paper">.*?<\/p>|<div class="tools">.*?<\/div>|<ul class="members">.*?<\/ul>/gs;

/** Tags that stand within a line. All others begin a new line. */
const INLINE = /^<\/?(?:a|b|code|em|i|kbd|mark|span|strong|sub|sup|wbr|samp)\b/;

/**
 * A section of a page.
 *
 * @typedef {object} Found
 * @property {string} page the title of its page
 * @property {string} title its heading; that of the page if it comes before all others
 * @property {string} url where it is in the site
 * @property {"term" | "lesson" | "article" | "code" | "api"} kind
 * @property {string} text its words, a line for each block
 */

/**
 * Reads what can be found on a page.
 *
 * @param {Pick<Found, "title" | "url" | "kind"> & { page?: string }} about the page, whose title may say less than its name
 * @param {string} html the content of the page
 * @returns {Found[]}
 */
export function sectionsToFind({ title, page = title, url, kind }, html) {
  const content = html.replace(NO_WORDS, "");
  const sections = [{ page, title, url, kind, text: "" }];
  let from = 0;
  for (const heading of content.matchAll(HEADING)) {
    const [whole, step, level, words] = heading;
    const anchor = step ?? /<h\d [^>]*id="([^"]*)"/.exec(whole)?.[1];
    if (level === "1" || !anchor) continue;
    sections.at(-1).text = textOf(content.slice(from, heading.index));
    sections.push({ page, title: textOf(words), url: `${url}#${anchor}`, kind, text: "" });
    from = heading.index + whole.length;
  }
  sections.at(-1).text = textOf(content.slice(from));
  return sections.filter(({ text }, place) => text !== "" || place === 0);
}

/** The words of a piece of HTML, in lines. Only in what is preformatted does a line of the source begin a new one. */
function textOf(html) {
  return html
    .split(/(<pre\b.*?<\/pre>)/s)
    .map((part) => (part.startsWith("<pre") ? part.replaceAll("<br/>", "\n") : part.replaceAll("\n", " ")))
    .join("")
    .replace(/<[^>]+>/g, (tag) => (INLINE.test(tag) ? "" : "\n"))
    .replace(/&(lt|gt|quot|amp|#39|nbsp);/g, (entity) => ENTITIES[entity])
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&", "&#39;": "'", "&nbsp;": " " };
