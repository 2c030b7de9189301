/**
 * Draws what happened on one connection, in the style of the guides: the client, you, the server, and time that
 * runs downwards.
 *
 * @module
 */

import { drawBox, drawLine, drawText, type Ink, picture, widthOf } from "../../src/svg.ts";
import type { DrawnEvent } from "./journal.ts";

const WIDTH = 1100;
const LANES = { client: 110, you: 590, server: 1070 } as const;
const TOP = 92;
const ROW = 26;

/**
 * Draws a connection.
 *
 * @param title - its title
 * @param events - what has happened
 * @returns the text of an SVG file
 */
export function drawStory(title: string, events: readonly DrawnEvent[]): string {
  const shapes: string[] = [];
  const words: string[] = [];
  let y = TOP + 16;
  for (const event of events) {
    const lines = linesOf(event);
    const height = Math.max(lines.length, 1) * 18 + 10;
    shapes.push(...drawEvent(event, lines, y, height));
    words.push(
      `At ${(event.at / 1000).toFixed(2)} s ${lines.map((line) => line.map(({ text }) => text).join("")).join("; ")}`,
    );
    y += height;
  }
  const heads = (["client", "you", "server"] as const).flatMap((name) => {
    const ink: Ink = name === "you" ? "yellow" : name === "server" ? "cyan" : "text";
    return [
      drawBox([LANES[name] - 44, TOP - 34, 88, 30], ink, "tinted"),
      drawText(name, { x: LANES[name], y: TOP - 14, size: 15, anchor: "middle", isBold: true, ink }),
      drawLine([LANES[name], TOP - 4], [LANES[name], y + ROW / 2], "quiet"),
    ];
  });
  return picture([WIDTH + 50, y + ROW], { title, description: words.join(". ") }, [
    drawText(title, { x: 20, y: 32, size: 17, isBold: true }),
    ...heads,
    ...shapes,
  ]);
}

type Line = readonly { readonly text: string; readonly colour?: Ink }[];

/** The text on an arrow, line by line. */
function linesOf({ is, text, pieces = [], size = 0, more = 0 }: DrawnEvent): Line[] {
  const end = is === "thrown away" ? " thrown away" : "";
  if (text !== undefined) return [[{ text: text + end, colour: "text" }]];
  if (pieces.length === 0) return [[{ text: `${size} bytes${end}`, colour: "quiet" }]];
  const lines: Line[] = pieces.map(({ parts, meaning }) => [
    ...parts,
    { text: `  ${meaning}`, colour: "quiet" },
  ]);
  return more > 0 ? [...lines, [{ text: `… and ${more} more packets`, colour: "quiet" }]] : lines;
}

function drawEvent({ at, is, way }: DrawnEvent, lines: readonly Line[], y: number, height: number): string[] {
  const time = drawText(`${(at / 1000).toFixed(2)} s`, { x: 8, y: y + height - 8, size: 12, ink: "quiet" });
  if (is === "note" || is === "step" || !way) {
    const ink: Ink = is === "step" ? "yellow" : "quiet";
    const text = lines.map((line) => line.map((part) => part.text).join("")).join(" ");
    const isCode = is === "step";
    const half = widthOf(text, 13) / 2 + 8;
    return [
      time,
      drawBox([LANES.you - half, y, 2 * half, height - 4], ink, "paper"),
      drawText(text, { x: LANES.you, y: y + height - 11, size: 13, anchor: "middle", ink, isCode }),
    ];
  }
  const isLeft = (way === "to-server") === (is !== "left");
  const [left, right] = isLeft ? [LANES.client, LANES.you] : [LANES.you, LANES.server];
  const [from, to] = way === "to-server" ? [left, right] : [right, left];
  const gap = to > from ? 6 : -6;
  const texts = lines.map((line, index) =>
    drawText(line, {
      x: (left + right) / 2,
      y: y + 14 + index * 18,
      size: 13,
      anchor: "middle",
      isCode: true,
    }),
  );
  const arrow = drawLine([from + gap, y + height - 6], [to - gap, y + height - 6], "text", {
    hasHead: true,
    isDashed: is === "thrown away",
  });
  return [time, ...texts, arrow];
}
