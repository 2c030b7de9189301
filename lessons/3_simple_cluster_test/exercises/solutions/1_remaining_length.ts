/**
 * Exercise 3.1 · Remaining length: our solution.
 *
 * @module
 */

/**
 * Encodes a remaining length.
 *
 * @param length - 0 … 268435455
 * @returns as few bytes as possible, one to four
 */
export function encodeLength(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  do {
    const more = rest > 127 ? 0x80 : 0;
    bytes.push((rest & 0x7f) | more);
    rest >>= 7;
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

/** A number, and how many bytes it took. */
export interface Decoded {
  readonly length: number;
  readonly size: number;
}

/**
 * Decodes a remaining length.
 *
 * @param bytes - what has arrived after the packet's first byte; more may follow the length
 * @returns the number and how many bytes it took; `"incomplete"` if not all of them are there; `"malformed"` if the fourth
 * byte says that another one follows
 */
export function decodeLength(bytes: Uint8Array): Decoded | "incomplete" | "malformed" {
  let length = 0;
  for (let size = 1; size <= 4; size++) {
    const byte = bytes[size - 1];
    if (byte === undefined) return "incomplete";
    length |= (byte & 0x7f) << (7 * (size - 1));
    if (byte < 0x80) return { length, size };
  }
  return "malformed";
}
