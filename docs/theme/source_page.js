// The page of a source file: what its comments say, beside the code that they are about.

import { h, raw } from "./jsx.js";

/**
 * Draws the page of a source file.
 *
 * @param context - the context of the page
 */
export function sourcePage(context) {
  const { course, path } = context;
  const lines = sourceLines(context, path);
  const lesson = course.lessonOf(path);
  const [beginning, ...pieces] = course.piecesOf(path);
  const hasHeader = beginning.first === 1 && beginning.prose !== "";
  return [
    h(
      "header",
      { class: "source-title" },
      h("h1", null, lesson ? path.slice(lesson.folder.length + 1) : path),
      explanation(context, lesson),
      hasHeader && h("div", { class: "prose" }, raw(context.markdown(beginning.prose))),
    ),
    h(
      "article",
      { class: "source" },
      drawPiece(hasHeader ? { ...beginning, prose: "" } : beginning),
      pieces.map(drawPiece),
    ),
  ];

  function drawPiece(piece) {
    const { step, prose, code, last } = piece;
    return h(
      "section",
      { id: step && `step-${step.number}` },
      step && heading(step),
      h("div", { class: "prose" }, prose && raw(context.markdown(prose))),
      code <= last && codeOf(lines, code, last, true),
    );
  }

  function heading({ number, title }) {
    const text = `Step ${number} · ${title}`;
    context.page.pageHeadings.push({ link: `#step-${number}`, text, level: 2 });
    return h(
      "h2",
      null,
      text,
      h(
        "a",
        { class: "to-guide", href: context.urlOf(lesson.guide, course.anchorOf(lesson.guide, text)) },
        "in the guide",
      ),
    );
  }
}

/** Files in colours, by their text: a guide shows what the page of the file shows. */
const coloured = new Map();

/** The lines of a source file, in colours. */
export function sourceLines(context, path) {
  const text = context.course.read(path);
  if (!coloured.has(text)) {
    coloured.set(text, context.theme.markedPlugin.getHighlighted(text, "typescript").split("<br/>"));
  }
  return coloured.get(text);
}

/**
 * Draws lines of code with their numbers. On the page of their file each number is also an anchor. A line that is too long
 * for the window goes on below its own beginning: hence the class, since the policy of the site allows no style here.
 */
export function codeOf(lines, first, last, isAnchor = false) {
  const drawn = lines.slice(first - 1, last).map((line, index) => {
    const number = first + index;
    const indent = /^<span [^>]*>( +)/.exec(line)?.[1].length ?? 0;
    return `<span class="line in-${Math.min(indent, 16)}"${isAnchor ? ` id="L${number}"` : ""} data-line="${number}">${line}\n</span>`;
  });
  const copy = h("button", { type: "button" }, "Copy");
  return h("pre", { class: "code" }, h("code", null, raw(drawn.join(""))), copy);
}

/** Where the file is explained. */
function explanation(context, lesson) {
  const found = context.course.explanationOf(context.path);
  const guide = found?.guide ?? lesson?.guide;
  if (!guide) return null;
  const where = found?.title && found.title !== context.titleOf(guide);
  return h(
    "p",
    { class: "to-guide" },
    "Explained in ",
    h(
      "a",
      { href: context.urlOf(guide, where ? found.anchor : "") },
      context.titleOf(guide),
      where && `, “${found.title}”`,
    ),
  );
}
