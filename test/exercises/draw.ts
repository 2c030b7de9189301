/**
 * Values and packets drawn for a learner.
 *
 * ```text
 *               id            sequence
 *   expected    2C 01 00 00 │ 02 01 00 00
 *   got         01 2C 00 00 │ 02 01 00 00
 *               ^^ ^^
 * ```
 *
 * @module
 */

import { inspect } from "node:util";
import { fieldsOf, type PacketDescription } from "../../src/packets.ts";
import { hexDigits } from "../../src/printable.ts";

/** How many bytes of a packet are drawn. */
const LONGEST = 48;

/** How long a value may be drawn, in characters. */
const LONGEST_VALUE = 200;

/**
 * Draws what was expected above what came, field by field, and marks the bytes that differ.
 *
 * @param came - the bytes that came
 * @param expected - the bytes that should have come
 * @param packet - how they are divided
 * @returns four lines
 */
export function drawDifference(came: Uint8Array, expected: Uint8Array, packet: PacketDescription): string {
  const runs = fieldsOf(packet).map(({ name, offset, size }) => ({
    name,
    from: offset,
    to: Math.min(size === undefined ? expected.length : offset + size, LONGEST),
  }));
  const most = Math.min(came.length, LONGEST);
  if (most > expected.length) runs.push({ name: "too many", from: expected.length, to: most });

  const columns = runs.map(({ name, from, to }) => {
    const want = expected.subarray(from, to);
    const got = came.subarray(from, to);
    const marks = Array.from({ length: to - from }, (_, index) => (want[index] === got[index] ? "  " : "^^"));
    const cells = [name, hexDigits(want), hexDigits(got), marks.join(" ")];
    const width = Math.max(...cells.slice(0, 3).map((cell) => cell.length));
    return cells.map((cell) => cell.padEnd(width));
  });
  const rest = ({ length }: Uint8Array) => (length > LONGEST ? ` … ${length} bytes` : "");
  const line = (row: number, between: string) => columns.map((column) => column[row]).join(between);
  return [
    `              ${line(0, "   ")}`,
    `  expected    ${line(1, " │ ")}${rest(expected)}`,
    `  got         ${line(2, " │ ")}${rest(came)}`,
    `              ${line(3, "   ")}`,
  ]
    .map((text) => text.trimEnd())
    .join("\n");
}

/**
 * Shows any value, with its type where that is not plain.
 *
 * @param value - any value
 * @returns e.g. `"alive"`, `5`, `bytes 03 00 00 00` or `a promise`
 */
export function describeValue(value: unknown): string {
  if (value instanceof Uint8Array) return value.length === 0 ? "no bytes" : `bytes ${cut(hexDigits(value))}`;
  if (value instanceof Promise) return "a promise";
  if (value instanceof ArrayBuffer) return `an ArrayBuffer of ${value.byteLength} bytes`;
  if (value instanceof DataView) return `a DataView of ${value.byteLength} bytes`;
  if (typeof value === "function") return `a function${value.name ? `, ${value.name}` : ""}`;
  if (typeof value === "string") return cut(JSON.stringify(value));
  return cut(inspect(value, { breakLength: 80, maxArrayLength: 20, depth: 2 }));
}

function cut(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)} …` : text;
}
