// The first page is the README: what this is, what to do first, and a lesson running; then the rest of it.

import { h, raw } from "./jsx.js";

/**
 * Draws the first page.
 *
 * @param context - the context of the page
 * @param {string} html the README, as TypeDoc draws it
 */
export function landing(context, html) {
  let rest = html;
  const take = (pattern) => {
    const [whole = "", inner = ""] = pattern.exec(rest) ?? [];
    rest = rest.replace(whole, "");
    return inner;
  };
  const title = take(/<h1[^>]*>(.*?)(?:<a [^>]*>.*?<\/a>)?<\/h1>\n?/s);
  const [, lead, more] = /^(.*?\.)\s+(.*)$/s.exec(take(/<p>(.*?)<\/p>\n?/s));
  const recording = take(/(<figure class="player".*?<\/figure>)\n?/s);
  // How to build the site is of no use to its readers.
  take(/<li><code[^>]*>npm run docs:open<\/code>(.*?)<\/li>\n?/s);
  const { guide } = context.course.lessons[0];
  return [
    h(
      "section",
      { class: "hero" },
      h("div", null, h("h1", null, raw(title)), h("p", { class: "lead" }, raw(lead))),
      h(
        "a",
        { class: "begin", href: context.urlOf(guide) },
        h("span", null, "Begin here"),
        h("b", null, context.titleOf(guide)),
      ),
      // browser/reading.js shows it to readers who have been here.
      h("p", { id: "go-on", hidden: true }, "Continue where you left off: ", h("a", null)),
      h("p", { class: "more" }, raw(more), context.hasPlayground && playground(context)),
      h("div", { id: "running" }, raw(recording)),
    ),
    h("article", { class: "prose" }, raw(rest)),
  ];
}

function playground(context) {
  const link = h("a", { href: context.relativeURL("playground/index.html") }, "playground");
  return [" Before you install anything, take packets apart in the ", link, "."];
}
