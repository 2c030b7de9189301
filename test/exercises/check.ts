/**
 * What the exercises' checks say when something is wrong: what was expected, what they got, where to look.
 *
 * @module
 */

import { inspect, isDeepStrictEqual } from "node:util";
import { fieldsOf, type PacketDescription } from "../../src/packets.ts";

/**
 * Fails unless two packets are the same, byte for byte; then it shows both, field by field.
 *
 * @param came - what the exercise made
 * @param expected - what it should have made
 * @param packet - the packet's description, in the lesson's protocol.ts
 * @param what - which packet it is
 * @param look - where to look
 */
export function samePacket(
  came: Uint8Array,
  expected: Uint8Array,
  packet: PacketDescription,
  what: string,
  look: string,
): void {
  if (!(came instanceof Uint8Array)) sameValue(came, expected, what, look);
  if (Buffer.compare(came, expected) === 0) return;

  // Whatever follows the last field is shown as well: a packet may be too long.
  const rows = fieldsOf(packet)
    .map(
      ({ name, offset, size }) =>
        [name, offset, size === undefined ? expected.length : offset + size] as const,
    )
    .concat([["too many", expected.length, came.length]])
    .filter(([, begin, end]) => end > begin)
    .map(([name, begin, end]) => {
      const bytes = [hex(expected.subarray(begin, end)), hex(came.subarray(begin, end))] as const;
      return [`${begin}`, name, ...bytes, bytes[0] === bytes[1] ? "" : "◀ differs"];
    });
  const count =
    came.length === expected.length ? "" : ` (expected ${expected.length} bytes, got ${came.length})`;
  throw new Error(
    `${what}${count}\n\n${table([["offset", "field", "expected", "got", ""], ...rows])}\n\nlook at: ${look}`,
  );
}

/**
 * Fails unless two values are equal; then it shows both.
 *
 * @param came - what the exercise made
 * @param expected - what it should have made
 * @param what - what it is
 * @param look - where to look
 */
export function sameValue(came: unknown, expected: unknown, what: string, look: string): void {
  if (isDeepStrictEqual(came, expected)) return;
  const where =
    came === undefined
      ? "what the function returns: is a return missing?"
      : expected instanceof Uint8Array && !(came instanceof Uint8Array)
        ? "the type of what the function returns: it should be a Uint8Array"
        : look;
  throw new Error(`${what}\n\n  expected  ${show(expected)}\n  got       ${show(came)}\n\nlook at: ${where}`);
}

/** Bytes as the guides write them: `2C 01 00 00`. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}

function show(value: unknown): string {
  return value instanceof Uint8Array ? `bytes ${hex(value)}` : inspect(value, { breakLength: 80 });
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}
