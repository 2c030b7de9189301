/** Values that are bytes, of the codes `c`, `s` and `p`, and the zeros that pad. */

import { badValue, isBytes } from "./errors.ts";
import type { Run } from "./program.ts";

/** The one byte of a `c`. */
export function toByte(format: string, run: Run, index: number, value: unknown): number {
  if (isBytes(value) && value.length === 1) return value[0] as number;
  throw badValue(format, index, value, `'${run.code}' format requires a Uint8Array of length 1`);
}

/** Writes `s`, cut or filled up with zeros to its count, or `p`, which starts with a byte for its length. */
export function writeText(
  format: string,
  run: Run,
  index: number,
  value: unknown,
  bytes: Uint8Array,
  at: number,
): void {
  if (!isBytes(value)) throw badValue(format, index, value, `'${run.code}' format requires a Uint8Array`);
  const end = at + run.count;
  const start = run.layout.kind === "pascal" && run.count > 0 ? at + 1 : at;
  const room = end - start;
  const { length } = value;
  // Before anything else is written, because the value may be a view of the very bytes it goes to.
  bytes.set(length > room ? value.subarray(0, room) : value, start);
  zero(bytes, start + length, end);
  if (start > at) bytes[at] = Math.min(length, room, 255);
}

/** Fills `start` to `end` with zeros. */
export function zero(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) bytes[at] = 0;
}

/** Reads a `p` of `count` bytes, its length included. */
export function readPascal(bytes: Uint8Array, at: number, count: number): Uint8Array {
  // The length byte is the sender's claim; it cannot reach beyond the field.
  return count === 0 ? new Uint8Array(0) : copy(bytes, at + 1, Math.min(bytes[at] as number, count - 1));
}

/** A plain copy: `slice` of a Node `Buffer` would be a view, which changes when the buffer does. */
export function copy(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const result = new Uint8Array(length);
  // A short loop is cheaper than making a view for `set` to copy from.
  if (length > 64) result.set(bytes.subarray(start, start + length));
  else for (let at = 0; at < length; at++) result[at] = bytes[start + at] as number;
  return result;
}
