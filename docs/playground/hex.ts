/**
 * Bytes as hex digits: `05 00 00 00`, alone or in a dump.
 *
 * @module
 */

import { hexDigits } from "../../src/printable.ts";

/** The longest text of hex digits that is read, in characters. */
export const LONGEST_HEX = 2048;

/** What stands between bytes in dumps, logs and source code. */
const BETWEEN = /(?:0x|\\x|[\s,:;│|·[\]{}()])*/iy;

/** A line of `xxd` or `tcpdump -X`: an offset and a colon, the bytes, and after two spaces their characters. */
const XXD = /^\s*(?:0x)?[\da-f]{4,8}:\s+(.*?)(?:\s{2}.*)?$/i;
/** A line of `hexdump -C`: an offset, the bytes in two groups, and their characters between bars. The last has only the offset. */
const HEXDUMP = /^[\da-f]{7,8}(?:\s{2}((?:[\da-f]{2}\s{1,2})+)\s*\|.*\|)?$/i;
/** A line of `--bytes`: an arrow, the bytes, and after two spaces their meaning. */
const WIRE = /^.*?([→←])\s(.*?)(?:\s{2}.*)?$/;

/**
 * Reads bytes as they stand in a log or source code, e.g. `05 00`, `0500`, `05:00` or `0x05, 0x00`. It also reads what
 * `xxd`, `hexdump -C`, `tcpdump -X` and the lessons' `--bytes` print.
 *
 * @param typed - the text
 * @returns the bytes
 * @throws SyntaxError that names the first character which is no hex digit, or the lone digit
 */
export function readHex(typed: string): Uint8Array {
  return readDigits(bytesInDump(typed) ?? typed);
}

/** Only the bytes of a dump. Undefined if the text is none. */
function bytesInDump(typed: string): string | undefined {
  const lines = typed.split("\n").filter((line) => line.trim() !== "");
  const first = lines[0] ?? "";
  if (XXD.test(first)) return lines.map((line) => XXD.exec(line)?.[1] ?? line).join(" ");
  if (HEXDUMP.test(first.trim()) && first.includes("|")) {
    if (lines.some((line) => line.trim() === "*")) {
      throw new SyntaxError("the line * stands for lines that hexdump left out: -v prints them");
    }
    return lines
      .map((line) => (HEXDUMP.test(line.trim()) ? (HEXDUMP.exec(line.trim())?.[1] ?? "") : line))
      .join(" ");
  }
  // One direction of a conversation is one stream: the direction of the first line.
  const arrow = WIRE.exec(first)?.[1];
  if (arrow === undefined) return undefined;
  const streams = lines.map((line) => WIRE.exec(line)).filter((line) => line?.[1] === arrow);
  const bytes = streams.map((line) => (line?.[2] ?? "").replace(/^… | …$/g, ""));
  if (bytes.some((piece) => piece.includes("…"))) {
    throw new SyntaxError("the … in a line stands for bytes that --bytes left out");
  }
  return bytes.join(" ");
}

function readDigits(typed: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = skip(typed, 0); at < typed.length; at = skip(typed, at)) {
    for (const place of [at, at + 1]) {
      const character = String.fromCodePoint(typed.codePointAt(place) ?? 0);
      const isDigit = /[\da-f]/i.test(character);
      if (isDigit) continue;
      if (place > at && (place >= typed.length || skip(typed, place) > place)) {
        throw new SyntaxError(
          `a byte is two hex digits: ‘${typed.charAt(at)}’, character ${at + 1}, is alone`,
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
