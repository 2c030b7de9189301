// Splits a source file for its page: its comments as Markdown, and the code below each.

import ts from "typescript";

/**
 * A comment and the code below it, up to the next comment that stands on lines of its own.
 *
 * @typedef {object} Piece
 * @property {{ number: number, title: string } | undefined} step what `// Step 3 · Title` begins
 * @property {string} prose the comment, as Markdown; empty for code that has none
 * @property {number} first the number of the first line, comment included, from 1
 * @property {number} code the number of the first line of code; `last + 1` if there is none
 * @property {number} last the number of the last line
 */

/**
 * Takes a source file apart.
 *
 * @param {string} text
 * @returns {Piece[]} its pieces, in their order
 */
export function annotate(text) {
  const lines = text.replace(/\n$/, "").split("\n");
  /** @type {Piece[]} */
  const pieces = [];
  let piece = { step: undefined, prose: "", first: 1, code: 1, last: 0 };
  const finish = (last) => {
    while (piece.code <= last && lines[piece.code - 1] === "") piece.code++;
    while (last >= piece.code && lines[last - 1] === "") last--;
    if (last >= piece.first) pieces.push({ ...piece, last });
  };
  for (const { first, last } of comments(text)) {
    const { step, prose } = read(lines.slice(first - 1, last));
    const hasCode = lines.slice(piece.code - 1, first - 1).some((line) => line !== "");
    if (!step && !hasCode && piece.prose) {
      // Two comments with only an empty line between them are two paragraphs about the same code.
      piece.prose += `\n\n${prose}`;
    } else {
      finish(first - 1);
      piece = { step, prose, first, code: 0, last: 0 };
    }
    piece.code = last + 1;
  }
  finish(lines.length);
  return pieces;
}

/** The comments that stand on lines of their own: the numbers of their first and last lines. */
function comments(text) {
  const file = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, false);
  const lineOf = (position) => file.getLineAndCharacterOfPosition(position).line + 1;
  const found = new Map();
  const visit = (node) => {
    const children = node.getChildren(file).filter((child) => !ts.isJSDoc(child));
    if (children.length > 0) return children.forEach(visit);
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.pos) ?? []) {
      const before = text.slice(text.lastIndexOf("\n", pos - 1) + 1, pos);
      const after = /[^\n]*/y;
      after.lastIndex = end;
      const standsAlone = before.trim() === "" && after.exec(text)[0].trim() === "";
      // A line about a member of an object is best read where it is.
      const isAboutMember = before !== "" && /^\/\*.*\*\/$/.test(text.slice(pos, end));
      if (standsAlone && !isAboutMember)
        found.set(pos, { first: lineOf(pos), last: lineOf(end), isLine: text.startsWith("//", pos) });
    }
  };
  visit(file);

  // Lines that begin with // and follow each other are one comment.
  const merged = [];
  for (const comment of [...found.values()].sort((one, other) => one.first - other.first)) {
    const previous = merged.at(-1);
    if (previous?.isLine && comment.isLine && comment.first === previous.last + 1)
      previous.last = comment.last;
    else merged.push({ ...comment });
  }
  return merged;
}

/** Reads a comment: without its slashes and stars, as Markdown. */
function read(lines) {
  const isBlock = lines[0].trim().startsWith("/*");
  let text = lines
    .map((line) => (isBlock ? line.replace(/^\s*(\/\*\*?|\*(?!\/))? ?/, "") : line.replace(/^\s*\/\/ ?/, "")))
    .join("\n");
  if (isBlock) text = text.replace(/\s*\*\/$/, "");

  let step;
  const heading = /^Step (\d+) · (.+)\n-+\n?/.exec(text);
  if (heading) {
    step = { number: Number(heading[1]), title: heading[2] };
    text = text.slice(heading[0].length);
  }
  return { step, prose: toMarkdown(text).trim() };
}

/** The tags of doc comments, and how the page says them. */
const TAGS = {
  param: (text) => text.replace(/^(\w+)( -)?/, "- `$1`:"),
  returns: (text) => `- Returns: ${text}`,
  throws: (text) => `- Throws: ${text}`,
  see: (text) => `- See ${text}`,
};

/** Turns a comment into Markdown that can be read without TypeDoc. */
function toMarkdown(text) {
  return outsideFences(text, (part) =>
    part
      .replace(/^@(module|packageDocumentation)\b.*\n?/gm, "")
      .replace(/^@(param|returns|throws|see) ?(.*)/gm, (_, tag, rest) => TAGS[tag](rest))
      .replace(/^@example$/gm, "")
      .replace(/\{@link(?:code|plain)? ([^\s}]+)(?: ([^}]*))?\}/g, (_, target, words) => {
        if (/^https?:/.test(target)) return words ? `[${words}](${target})` : `<${target}>`;
        return words ?? `\`${target}\``;
      })
      // A command line in a comment is indented by two spaces, and Markdown wants four.
      .replace(/(?<=^|\n\n)(?: {2,}\S.*(?:\n|$))+/g, (block) =>
        block.replace(/^ */gm, (spaces) => `${spaces}  `),
      )
      // What looks like a tag isn't one, unless it is a link.
      .replace(/`[^`]*`|<(?!https?:)/g, (match) => (match === "<" ? "&lt;" : match)),
  );
}

function outsideFences(text, change) {
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, index) => (index % 2 ? part : change(part)))
    .join("");
}
