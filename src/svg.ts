/**
 * The few shapes that the pictures are made of.
 *
 * A picture is shown in two places. On a code host it is a file of its own. Its colours are in the file, and follow the
 * reader's dark or light mode. The site puts it into the page, whose style sets the colours.
 *
 * @module
 */

import type { Colour } from "./log.ts";

/** The colour of a shape: that of a field in the terminal, or one of the page. */
export type Ink = Colour | "text" | "quiet";

/** The width of a character of code, relative to its font size. */
const CHARACTER = 0.602;

/** The colours on light and on dark paper; the same as in `src/kit.css`. */
const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  text: ["#1c2430", "#dfe6ef"],
  quiet: ["#545e6c", "#9dabbc"],
  cyan: ["#0a6a73", "#56d4dd"],
  magenta: ["#8a38ab", "#d2a8ff"],
  blue: ["#2259b3", "#79c0ff"],
  green: ["#216c2c", "#7ee787"],
  yellow: ["#815300", "#e3b341"],
};
const PAPER = ["#fdfcf9", "#0e141d"] as const;

/** Text at a place: `x` is where it starts, has its middle, or ends; `y` is its baseline. */
export interface Text {
  /** Pixels from the left edge. */
  readonly x: number;
  /** Pixels from the top edge to the line that the text stands on. */
  readonly y: number;
  /** The height of its font, in pixels. */
  readonly size: number;
  /** Its colour. Without one, it has the colour of the page's text. */
  readonly ink?: Ink;
  /** Which of its characters stands at `x`. Without one, the first. */
  readonly anchor?: "start" | "middle" | "end";
  /** Whether it is in the font of code. */
  readonly isCode?: boolean;
  /** Whether it is bold. */
  readonly isBold?: boolean;
}

/**
 * Draws text.
 *
 * @param words - the text; or parts of it in colours of their own
 * @param where - where to draw it, and how
 * @returns the element
 */
export function drawText(
  words: string | readonly { text: string; colour?: Ink }[],
  { x, y, size, ink = "text", anchor = "start", isCode = false, isBold = false }: Text,
): string {
  const spans =
    typeof words === "string"
      ? escapeXml(words)
      : words
          .map((part) => `<tspan class="${part.colour ?? "quiet"}">${escapeXml(part.text)}</tspan>`)
          .join("");
  const font = `${isCode ? ' class="code"' : ""}${isBold ? ' font-weight="700"' : ""}`;
  return `<g class="${ink}"><text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}"${font}>${spans}</text></g>`;
}

/**
 * Draws a straight line.
 *
 * @param from - one end
 * @param to - the other
 * @param ink - its colour
 * @param look - whether it is dashed, and whether it ends in an arrowhead
 * @returns the element
 */
export function drawLine(
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  ink: Ink,
  { isDashed = false, hasHead = false }: { isDashed?: boolean; hasHead?: boolean } = {},
): string {
  const [[x1, y1], [x2, y2]] = [from, to];
  const dashes = isDashed ? ' stroke-dasharray="2 5"' : "";
  const line = `<path d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}" fill="none" stroke="currentColor" stroke-width="1.5"${dashes}/>`;
  const back = x2 > x1 ? -9 : 9;
  const head = `<path d="M${round(x2)} ${round(y2)}l${back} -4.5v9z" fill="currentColor"/>`;
  return `<g class="${ink}">${line}${hasHead ? head : ""}</g>`;
}

/**
 * Draws a box.
 *
 * @param place - its upper left corner, and how wide and high it is
 * @param ink - the colour of its border
 * @param filled - tinted with the border's colour, or in the paper's colour
 * @returns the element
 */
export function drawBox(
  [x, y, width, height]: readonly [x: number, y: number, width: number, height: number],
  ink: Ink,
  filled: "tinted" | "paper",
): string {
  const fill = filled === "paper" ? 'class="paper"' : 'fill="currentColor" fill-opacity="0.13"';
  return `<g class="${ink}"><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="4" ${fill} stroke="currentColor"/></g>`;
}

/** The width of a text of code, in pixels. */
export function widthOf(text: string, size: number): number {
  return text.length * size * CHARACTER;
}

/**
 * Makes a picture from shapes.
 *
 * @param size - how wide and high it is, in pixels
 * @param words - a title and a description, for readers who cannot see it
 * @param shapes - what is in it
 * @returns the text of an SVG file
 */
export function picture(
  [width, height]: readonly [width: number, height: number],
  { title, description }: { title: string; description: string },
  shapes: readonly string[],
): string {
  const inks = (side: 0 | 1) => {
    const colours = Object.entries(COLOURS).map(([name, sides]) => `.${name}{color:${sides[side]}}`);
    return `${colours.join("")}.paper{fill:${PAPER[side]}}`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif" fill="currentColor">
<title>${escapeXml(title)}</title>
<desc>${escapeXml(description)}</desc>
<style>${inks(0)}text{fill:currentColor}.code{font-family:ui-monospace,'Cascadia Mono','SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}@media(prefers-color-scheme:dark){${inks(1)}}</style>
<rect class="paper sheet" width="${width}" height="${height}" rx="8"/>
${shapes.join("\n")}
</svg>
`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

/**
 * Text as XML has it, between tags or in an attribute.
 *
 * @param text - any text
 * @returns the same, escaped
 */
export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
