/**
 * The crowd that comes back: when a thousand clients of lesson 3 try to connect after their server has died, with jitter and
 * without it.
 *
 * @module
 */

import { Backoff } from "../../lessons/3_simple_cluster_test/backoff.ts";
import { drawBox, drawLine, drawText, type Ink, picture } from "../../src/svg.ts";

const CLIENTS = 1000;
/** The waits of the lesson's client, in milliseconds. */
const [FIRST, LONGEST] = [500, 30_000];
/** What is drawn: so much time, in parts of so many milliseconds. */
const [TIME, PART] = [16_000, 100];

const [WIDTH, LEFT, TOP, HEIGHT, PANEL] = [760, 20, 60, 110, 190];

/**
 * Draws the picture.
 *
 * @returns the text of an SVG file
 */
export function drawCrowd(): string {
  const title = `${CLIENTS} clients have lost their server, and come back`;
  const together = knocks(() => 1);
  const spread = knocks(dice());
  const most = Math.max(...together);
  const shapes = [
    drawText(title, { x: LEFT, y: 32, size: 17, isBold: true }),
    ...drawPanel(TOP, "Without jitter", together, most, "yellow"),
    ...drawPanel(TOP + PANEL, "With jitter", spread, most, "green"),
  ];
  const description = `Without jitter up to ${most} clients try to connect within ${PART} ms, each time. With jitter, at most ${peaks(spread).join(", then ")} do.`;
  return picture([WIDTH, TOP + 2 * PANEL - 6], { title, description }, shapes);
}

/** How many clients try to connect in each part of the time. */
function knocks(random: () => number): number[] {
  const parts = new Array<number>(TIME / PART).fill(0);
  for (let client = 0; client < CLIENTS; client++) {
    const backoff = new Backoff(FIRST, LONGEST, random);
    for (let at = backoff.next(); at < TIME; at += backoff.next()) {
      const part = Math.floor(at / PART);
      parts[part] = (parts[part] ?? 0) + 1;
    }
  }
  return parts;
}

/** The most that try within one part: in the first second, in the next two, and so on. */
function peaks(parts: readonly number[]): number[] {
  const seconds = [0, 0.6, 1.6, 3.6, 7.6];
  return seconds.map((from, index) => {
    const to = seconds[index + 1] ?? TIME / 1000;
    return Math.max(...parts.slice((from * 1000) / PART, (to * 1000) / PART));
  });
}

function drawPanel(top: number, name: string, parts: readonly number[], most: number, ink: Ink): string[] {
  const width = (WIDTH - 2 * LEFT) / parts.length;
  const bottom = top + 30 + HEIGHT;
  const bars = parts.flatMap((count, part) => {
    const height = (HEIGHT * count) / most;
    return count === 0 ? [] : [drawBox([LEFT + part * width, bottom - height, width, height], ink, "tinted")];
  });
  const seconds = Array.from({ length: TIME / 2000 + 1 }, (_, index) => index * 2);
  const clock = seconds.map((second) =>
    drawText(`${second} s`, {
      x: LEFT + (second * 1000 * width) / PART,
      y: bottom + 18,
      size: 12.5,
      ink: "quiet",
      anchor: second === 0 ? "start" : second === TIME / 1000 ? "end" : "middle",
    }),
  );
  const peak = `${Math.max(...parts)} in the same ${PART} ms, at most`;
  return [
    drawText(name, { x: LEFT, y: top + 14, size: 14, isBold: true }),
    drawText(peak, { x: WIDTH - LEFT, y: top + 14, size: 13, ink: "quiet", anchor: "end" }),
    ...bars,
    drawLine([LEFT, bottom], [WIDTH - LEFT, bottom], "quiet"),
    ...clock,
  ];
}

/** Random numbers that are the same each time, so that the picture is: the generator "mulberry32". */
function dice(): () => number {
  let state = 3;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
