/**
 * Draws the still of a recording, for where nothing can be played: the terminal at the moment that is marked.
 *
 * @module
 */

import type { Colour } from "../../src/log.ts";
import { escapeXml } from "../../src/svg.ts";
import type { Line, Recording, Span } from "./recording.ts";

const FONT_SIZE = 14;
const LINE_HEIGHT = 20;
const MARGIN = 18;
const CHARACTER_WIDTH = FONT_SIZE * 0.602;

const COLOURS: Record<Colour, string> = {
  blue: "#79c0ff",
  cyan: "#56d4dd",
  dim: "#8b949e",
  green: "#7ee787",
  magenta: "#d2a8ff",
  yellow: "#e3b341",
};

/**
 * Draws the still. The same recording gives the same bytes.
 *
 * @param recording - what to draw
 * @returns the text of an SVG file
 */
export function drawStill({ title, lines, height, still }: Recording): string {
  const shown = lines.filter(({ at }) => at <= still).slice(-height);
  const columns = Math.max(
    ...shown.map(({ spans }) => spans.reduce((sum, { text }) => sum + text.length, 0)),
  );
  const width = Math.ceil(columns * CHARACTER_WIDTH + 2 * MARGIN);
  const bottom = shown.length * LINE_HEIGHT + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom}" width="${width}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" rx="10" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}" fill="#e6edf3">
${shown.map(drawLine).join("\n")}
</g>
</svg>
`;
}

function drawLine({ spans }: Line, index: number): string {
  const y = MARGIN + FONT_SIZE + index * LINE_HEIGHT;
  return `<text x="${MARGIN}" y="${y}">${spans.map(drawSpan).join("")}</text>`;
}

function drawSpan({ text, colour }: Span): string {
  const escaped = escapeXml(text).replaceAll(" ", "\u{a0}"); // SVG would merge spaces
  return colour ? `<tspan fill="${COLOURS[colour]}">${escaped}</tspan>` : escaped;
}
