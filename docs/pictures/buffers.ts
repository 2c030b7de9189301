/**
 * Where the bytes are: how full each buffer between two programs was in a real run, and how that is drawn.
 *
 * A column is a buffer, from the program that sends to the program that should receive. A row is a moment, and time
 * runs downwards. Each box is scaled to the most that its buffer ever held.
 *
 * @module
 */

import { drawBox, drawLine, drawText, type Ink, picture } from "../../src/svg.ts";

/** Something that holds bytes on their way. */
export interface Container {
  /** Which bytes they are: the heading over the columns, e.g. `requests`. */
  readonly bytes: string;
  /** Whose it is: `client` or `server`, or a client of several. */
  readonly owner: string;
  /** What it is. */
  readonly name: "program" | "operating system";
}

/** What was measured at one moment. */
export interface Moment {
  /** When, in milliseconds since the first moment. */
  readonly at: number;
  /** How many bytes were in each container, in their order. */
  readonly bytes: readonly number[];
}

/** A run that was measured. */
export interface RecordedBuffers {
  /** What it shows, in a sentence. */
  readonly title: string;
  /** What happened in the end. */
  readonly end: string;
  /** The containers, in the order in which bytes pass through them. */
  readonly containers: readonly Container[];
  /** The moments that are drawn: see {@link pickMoments}. */
  readonly moments: readonly Moment[];
}

/** A container with this share of its maximum counts as full: changes beyond that are not worth a row. */
const FULL = 0.95;

/** A container with the first share of its maximum has begun to fill, and one with the second is half full. */
const [BEGUN, HALF] = [0.05, 0.5];

/** The picture has at most about this many rows, and leaves out what happens between two of them. */
const ROWS = 12;

const WIDTH = 860;
const LEFT = 74;
const BOX = 32;
const ROW = 62;
const TOP = 134;

/**
 * Picks the moments that tell the story: the first, each at which a container begins to fill, is half full or has just
 * become full, and the last.
 *
 * @param samples - all that was measured, in its order
 * @returns some of them
 */
export function pickMoments(samples: readonly Moment[]): Moment[] {
  const reached = (part: number) =>
    mostOf(samples).map((most, column) =>
      samples.findIndex(({ bytes }) => (bytes[column] ?? 0) >= part * most),
    );
  const last = samples.length - 1;
  const picked = [0, last];
  const apart = timeOf(samples, last) / ROWS;
  for (const index of [...reached(FULL), ...reached(BEGUN), ...reached(HALF)]) {
    const isNear = picked.some((other) => Math.abs(timeOf(samples, other) - timeOf(samples, index)) < apart);
    if (!isNear) picked.push(index);
  }
  return picked.sort((one, other) => one - other).flatMap((index) => samples[index] ?? []);
}

function timeOf(samples: readonly Moment[], index: number): number {
  return samples[index]?.at ?? 0;
}

/** The most that each container ever held. */
function mostOf(moments: readonly Moment[]): number[] {
  return (moments[0]?.bytes ?? []).map((_, column) =>
    Math.max(...moments.map(({ bytes }) => bytes[column] ?? 0)),
  );
}

/**
 * Draws a run.
 *
 * @param recording - what was measured
 * @returns the text of an SVG file
 */
export function drawBuffers({ title, end, containers, moments }: RecordedBuffers): string {
  const width = (WIDTH - LEFT - 16) / containers.length;
  const most = mostOf(moments);
  const left = (column: number) => LEFT + column * width;
  const shapes = [drawText(title, { x: 20, y: 36, size: 17, isBold: true }), ...drawHeads(containers, left)];
  let y = TOP;
  for (const { at, bytes } of moments) {
    shapes.push(
      drawText(clock(at), { x: LEFT - 14, y: y + 21, size: 12.5, ink: "quiet", anchor: "end", isCode: true }),
    );
    for (const [column, container] of containers.entries()) {
      const level = bytes[column] ?? 0;
      const part = level / Math.max(most[column] ?? 0, 1);
      shapes.push(...drawContainer([left(column), y, width - 12], level, part, inkOf(container)));
    }
    y += ROW;
  }
  shapes.push(drawText(end, { x: LEFT, y: y + 10, size: 13, ink: "yellow", isCode: true }));
  return picture([WIDTH, y + 30], { title, description: describe(containers, moments, end) }, shapes);
}

/** What flows, over its columns, and under it whose buffer each column is. */
function drawHeads(containers: readonly Container[], left: (column: number) => number): string[] {
  const shapes: string[] = [];
  for (const [column, container] of containers.entries()) {
    if (container.bytes !== containers[column - 1]?.bytes) {
      const columns = containers.filter(({ bytes }) => bytes === container.bytes).length;
      const [from, to] = [left(column), left(column + columns) - 12];
      shapes.push(drawText(container.bytes, { x: from, y: 66, size: 14, isBold: true }));
      shapes.push(
        drawLine([from + container.bytes.length * 8.5 + 10, 61], [to, 61], "quiet", { hasHead: true }),
      );
    }
    const x = (left(column) + left(column + 1) - 12) / 2;
    const lines = [`the ${container.owner}’s`, ...container.name.split(" ")];
    for (const [line, words] of lines.entries()) {
      shapes.push(
        drawText(words, { x, y: 90 + line * 15, size: 12.5, anchor: "middle", ink: inkOf(container) }),
      );
    }
  }
  return shapes;
}

function drawContainer(
  [x, y, width]: readonly [number, number, number],
  level: number,
  part: number,
  ink: Ink,
): string[] {
  const height = BOX * part;
  return [
    drawBox([x, y, width, BOX], "quiet", "paper"),
    ...(height >= 1 ? [drawBox([x, y + BOX - height, width, height], ink, "tinted")] : []),
    drawText(amount(level), {
      x: x + width / 2,
      y: y + BOX + 17,
      size: 13,
      anchor: "middle",
      ink: level === 0 ? "quiet" : "text",
      isBold: part >= FULL,
    }),
  ];
}

function inkOf({ owner }: Container): Ink {
  return owner === "server" ? "cyan" : "magenta";
}

function describe(containers: readonly Container[], moments: readonly Moment[], end: string): string {
  const rows = moments.map(({ at, bytes }) => {
    const levels = containers.map(
      ({ bytes: what, owner, name }, column) =>
        `${what} in the ${owner}’s ${name}: ${amount(bytes[column] ?? 0)}`,
    );
    return `At ${clock(at)}, ${levels.join(", ")}`;
  });
  return [...rows, end].join(". ");
}

function clock(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** As short as a box is wide: `0`, `512 B`, `65 kB`, `4.1 MB`. */
function amount(bytes: number): string {
  if (bytes === 0) return "0";
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
