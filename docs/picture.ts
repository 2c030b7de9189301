/**
 * Draws the README's picture: runs `npm start` for some seconds, and writes what it printed to lesson1.svg.
 *
 * `npx tsx docs/picture.ts` draws it anew.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";

const SECONDS = 7;
const LINES = 24;
const FONT_SIZE = 14;
const LINE_HEIGHT = 20;
const MARGIN = 18;
const CHARACTER_WIDTH = FONT_SIZE * 0.602;

/** The colours of the escape sequences ("select graphic rendition") that the lessons use. */
const COLOURS: Record<string, string> = {
  "2": "#8b949e",
  "32": "#7ee787",
  "33": "#e3b341",
  "34": "#79c0ff",
  "35": "#d2a8ff",
  "36": "#56d4dd",
};

const child = spawn(process.execPath, [...process.execArgv, "lessons/start.ts"], {
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, FORCE_COLOR: "1" },
});
let output = "";
child.stdout.setEncoding("utf8").on("data", (chunk) => {
  output += chunk;
});
setTimeout(() => child.kill("SIGINT"), SECONDS * 1000);
await once(child, "close");

const lines = ["$ npm start", ...output.split("\n").slice(0, LINES)];
const width =
  Math.max(...lines.map((line) => stripVTControlCharacters(line).length)) * CHARACTER_WIDTH + 2 * MARGIN;
const height = lines.length * LINE_HEIGHT + 2 * MARGIN;

writeFileSync(
  new URL("lesson1.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${height}" width="${Math.ceil(width)}" role="img" aria-label="npm start: a server and three clients of lesson 1 in one terminal">
<rect width="100%" height="100%" rx="10" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}" fill="#e6edf3">
${lines.map(drawLine).join("\n")}
</g>
</svg>
`,
);

function drawLine(line: string, index: number): string {
  // "\u{1b}[36mserver" begins with the escape sequence for cyan.
  const [start = "", ...coloured] = line.split("\u{1b}[");
  const spans = coloured.map((part) => {
    const [, code = "", text = ""] = /^(\d+)m(.*)$/.exec(part) ?? [];
    const colour = COLOURS[code];
    return colour ? `<tspan fill="${colour}">${escapeXml(text)}</tspan>` : escapeXml(text);
  });
  const y = MARGIN + FONT_SIZE + index * LINE_HEIGHT;
  return `<text x="${MARGIN}" y="${y}">${escapeXml(start)}${spans.join("")}</text>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(" ", "\u{a0}"); // SVG would merge spaces
}
