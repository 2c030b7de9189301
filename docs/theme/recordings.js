// A recording of `npm start` in place of its still: the lines of a terminal, each with its time. player.js plays them.

import { existsSync, readFileSync } from "node:fs";
import { tsImport } from "tsx/esm/api";
import { JSX } from "typedoc";
import { h, raw } from "./jsx.js";

const { readRecording } = await tsImport("../recordings/recording.ts", import.meta.url);

/** An image that stands alone: its name without the ending, and the words that stand for it. */
const IMAGE = /<p><img src="[^"]*\/(\w+)\.svg" alt="([^"]*)"[^>]*><\/p>/g;

/**
 * Puts players in the places of stills.
 *
 * @param context - the context of the page, which learns that it has a player
 * @param {string} html the page, as TypeDoc draws it
 */
export function withPlayers(context, html) {
  return html.replace(IMAGE, (image, name, caption) => {
    const file = new URL(`../recordings/${name}.cast`, import.meta.url);
    if (!existsSync(file)) return image;
    context.page.hasPlayer = true;
    return JSX.renderElement(player(readRecording(readFileSync(file, "utf8")), caption));
  });
}

function player({ lines, still }, caption) {
  const end = Math.ceil(lines.at(-1).at);
  return h(
    "figure",
    { class: "player", "data-still": still },
    h(
      "div",
      { class: "terminal" },
      h("pre", { class: "output", tabindex: 0 }, h("samp", null, lines.map(drawLine))),
      h(
        "div",
        { class: "controls" },
        h("button", { type: "button" }, "Play"),
        h("input", {
          type: "range",
          "aria-label": "Position in seconds",
          min: 0,
          max: end,
          step: 0.25,
          value: 0,
        }),
        h("span", { class: "time" }, `0 / ${end} s`),
        h("button", { type: "button", title: "F" }, "Full screen"),
      ),
    ),
    h("figcaption", null, raw(caption)),
  );
}

function drawLine({ at, spans }) {
  return h(
    "span",
    { "data-at": at },
    spans.map(({ text, colour }) => (colour ? h("span", { class: colour }, text) : text)),
    "\n",
  );
}
