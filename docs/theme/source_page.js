// The page of a source file: what its comments say, beside the code that they are about.

import { JSX } from "typedoc";
import { annotate } from "./annotate.js";

const h = JSX.createElement;
const raw = (html) => h(JSX.Raw, { html });

/**
 * Draws the page of a source file.
 *
 * @param context - the context of the page
 * @param {import("./course.js").Course} course
 */
export function sourcePage(context, course) {
  const { path } = context;
  const text = course.read(path);
  const lines = context.theme.markedPlugin.getHighlighted(text, "typescript").split("<br/>");
  const lesson = course.lessonOf(path);
  const [beginning, ...pieces] = annotate(text);
  const hasHeader = beginning.first === 1 && beginning.prose !== "";
  return [
    h(
      "header",
      { class: "source-title" },
      h("h1", null, lesson ? path.slice(lesson.folder.length + 1) : path),
      explanation(context, course, lesson),
      hasHeader && h("div", { class: "prose" }, raw(context.markdown([{ kind: "text", text: beginning.prose }]))),
    ),
    h(
      "article",
      { class: "source" },
      drawPiece(hasHeader ? { ...beginning, prose: "" } : beginning),
      pieces.map(drawPiece),
    ),
  ];

  function drawPiece(piece) {
    const { step, prose, first, code, last } = piece;
    return h(
      "section",
      { id: step && `step-${step.number}` },
      step && heading(step),
      h("div", { class: "prose" }, prose && raw(context.markdown([{ kind: "text", text: prose }]))),
      code <= last && codeOf(lines, code, last),
    );
  }

  function heading({ number, title }) {
    const text = `Step ${number} · ${title}`;
    context.page.pageHeadings.push({ link: `#step-${number}`, text, level: 2 });
    return h(
      "h2",
      null,
      text,
      h("a", { class: "to-guide", href: context.urlOf(lesson.guide, course.anchorOf(lesson.guide, text)) }, "in the guide"),
    );
  }
}

/** Lines of code, each with its number, which is also its anchor. */
function codeOf(lines, first, last) {
  const shown = lines.slice(first - 1, last);
  while (shown.at(-1) === "") shown.pop();
  const drawn = shown.map((line, index) => `<span class="line" id="L${first + index}" data-line="${first + index}">${line || ""}\n</span>`);
  return h("pre", { class: "code" }, h("code", null, raw(drawn.join(""))));
}

/** Where the file is explained. */
function explanation(context, course, lesson) {
  const { path } = context;
  const found = course.explanationOf(path);
  if (!found && !lesson) return null;
  const guide = found?.guide ?? lesson.guide;
  const where = found && found.anchor !== course.anchorOf(guide, context.titleOf(guide)) ? `, “${found.title}”` : "";
  return h(
    "p",
    { class: "to-guide" },
    "Explained in ",
    h("a", { href: context.urlOf(guide, where ? found.anchor : "") }, context.titleOf(guide), where),
  );
}
