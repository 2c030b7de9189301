/**
 * Bytes as hex digits: `05 00 00 00`.
 *
 * @module
 */

import { hexDigits } from "../../src/printable.ts";

/** The longest text of hex digits that is read, in characters. */
export const LONGEST_HEX = 2048;

/** What stands between bytes in dumps, logs and source code. */
const BETWEEN = /(?:0x|\\x|[\s,:;│|·[\]{}()])*/iy;

/**
 * Reads bytes as they stand in a dump, a log or source code, e.g. `05 00`, `0500`, `05:00` or `0x05, 0x00`.
 *
 * @param typed - the text
 * @returns the bytes
 * @throws SyntaxError that names the first character which is no hex digit, or the lone digit
 */
export function readHex(typed: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = skip(typed, 0); at < typed.length; at = skip(typed, at)) {
    for (const place of [at, at + 1]) {
      const character = String.fromCodePoint(typed.codePointAt(place) ?? 0);
      const isDigit = /[\da-f]/i.test(character);
      if (isDigit) continue;
      if (place > at && (place >= typed.length || skip(typed, place) > place)) {
        throw new SyntaxError(
          `a byte is two hex digits: ‘${typed.charAt(at)}’, character ${at + 1}, stands alone`,
        );
      }
      throw new SyntaxError(`‘${character}’, character ${place + 1}, is not a hex digit`);
    }
    bytes.push(Number.parseInt(typed.slice(at, at + 2), 16));
    at += 2;
  }
  return Uint8Array.from(bytes);
}

function skip(text: string, at: number): number {
  BETWEEN.lastIndex = at;
  BETWEEN.test(text);
  return BETWEEN.lastIndex;
}

/**
 * Shows a byte.
 *
 * @param byte - 0 … 255
 * @returns two upper-case hex digits, as `--bytes` prints them
 */
export function showByte(byte: number): string {
  return hexDigits(Uint8Array.of(byte));
}
