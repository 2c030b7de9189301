/**
 * What there is to say about one byte: what it is by itself, and what it is of the value that it belongs to.
 *
 * @module
 */

import { isBigEndian, type Part, significanceOf } from "./fields.ts";
import type { Reading } from "./reading.ts";
import { showValue } from "./values.ts";

/** A byte of a value, as one of its bit patterns. */
export interface Bits {
  /** In bytes from the start of the packet. */
  readonly offset: number;
  /** Eight digits, the most significant first. */
  readonly digits: string;
  /** What each digit is for, in a float: its sign, exponent or fraction. Nothing in other values. */
  readonly roles: readonly ("sign" | "exponent" | "fraction" | "")[];
}

/** Everything about a byte. */
export interface Inspection {
  /** In bytes from the start of the packet. */
  readonly offset: number;
  /** The byte. */
  readonly byte: number;
  /** As a number with a sign. */
  readonly signed: number;
  /** The ASCII character that it is, or what ASCII calls it; nothing if it is none. */
  readonly ascii: string;
  /** What it belongs to. */
  readonly part: Part;
  /** The value of that, as a text; nothing if it has none. */
  readonly value: string;
  /** What the byte is for, in one sentence. */
  readonly sentence: string;
  /** Whether that is refused, so that the byte is a stand-in. */
  readonly isRefused: boolean;
  /** The whole value in bits, the most significant byte first. */
  readonly bits: readonly Bits[];
}

/** The control characters of ASCII, by their numbers (RFC 20). */
const CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );

/** How many bits of each float are its exponent (IEEE 754). */
const EXPONENT_BITS: Readonly<Record<string, number>> = { float16: 5, float32: 8, float64: 11 };

/**
 * Looks at a byte.
 *
 * @param reading - the packet
 * @param offset - which byte of it
 * @returns everything about it; undefined if there is no such byte
 */
export function inspect(reading: Reading, offset: number): Inspection | undefined {
  const { bytes, parts } = reading;
  const byte = bytes[offset];
  const part = parts.find((each) => each.offset <= offset && offset < each.offset + each.size);
  if (byte === undefined || part === undefined) return undefined;
  const isWhole = part.offset + part.size <= reading.arrived;
  const value = isWhole ? textOf(reading, part) : "";
  return {
    offset,
    byte,
    signed: (byte << 24) >> 24,
    ascii: asciiOf(byte),
    part,
    value,
    isRefused: offset >= reading.arrived || (isWhole && reading.refused[part.index] !== undefined),
    sentence: describe(reading, part, offset, value),
    bits: bitsOf(reading, part, offset),
  };
}

/**
 * The value of a part, as a text.
 *
 * @param reading - the packet
 * @param part - one of its parts
 * @returns e.g. `2`, with its word where a lesson has one for it; nothing for padding
 */
export function textOf({ values, text, packet }: Reading, { kind, index, name }: Part): string {
  if (kind === "text") return `"${text}"`;
  const value = values[index];
  if (kind !== "value" || value === undefined) return "";
  const shown = showValue(value);
  if (value instanceof Uint8Array) return `"${shown}"`;
  const word = packet?.words?.[name]?.[Number(value)];
  return word ? `${shown}, ${word}` : shown;
}

function asciiOf(byte: number): string {
  if (byte === 0x20) return "space";
  if (byte === 0x7f) return "DEL";
  return byte < 0x20 ? (CONTROLS[byte] ?? "") : byte < 0x7f ? String.fromCharCode(byte) : "";
}

function describe(reading: Reading, part: Part, offset: number, value: string): string {
  const { kind, name, size, layout, code } = part;
  if (kind === "pad") return "Padding that the format asks for with x. It means nothing.";
  if (kind === "surplus") {
    return "The format has no value for this byte. On a stream it would be the start of the next packet.";
  }
  if (offset >= reading.arrived) return `${name} isn't whole: this byte is missing.`;
  if (kind === "gap") {
    const next = reading.parts[reading.parts.indexOf(part) + 1];
    if (!next) return "Padding, which means nothing: a count of 0 aligns the end.";
    return `Padding, which means nothing: ${next.name} is next, and ${next.code} starts at a multiple of ${next.layout?.size}.`;
  }
  if (part.offset + size > reading.arrived) {
    const missing = part.offset + size - reading.arrived;
    return `${name} isn't whole: ${missing} of its ${size} bytes ${missing === 1 ? "is" : "are"} missing.`;
  }
  if (reading.refused[part.index] !== undefined) return `${name} is refused, and has no bytes.`;
  const at = offset - part.offset;
  const start = `${name} is ${value}.`;
  if (size === 1) return `${start} This is its one byte.`;
  const significance = significanceOf(part, at, isBigEndian(reading.format));
  const which = `${start} This is its byte ${at + 1} of ${size}`;
  if (significance === undefined || layout === undefined) return `${which}.`;
  const isTop = significance === size - 1;
  const rank = isTop ? ", the most significant" : significance === 0 ? ", the least significant" : "";
  if (layout.kind.startsWith("float")) return `${which}${rank}.`;
  const byte = reading.bytes[offset] ?? 0;
  // In two's complement the sign is in the top byte: it alone counts as a number with a sign.
  const counted = isTop && code === code.toLowerCase() ? (byte << 24) >> 24 : byte;
  return `${which}${rank}: it adds ${counted} × ${256n ** BigInt(significance)}.`;
}

function bitsOf({ format, bytes, arrived }: Reading, part: Part, offset: number): Bits[] {
  const { size, layout } = part;
  const bigEndian = isBigEndian(format);
  const exponent = EXPONENT_BITS[layout?.kind ?? ""];
  const offsets =
    significanceOf(part, 0, bigEndian) === undefined || part.offset + part.size > arrived
      ? [offset] // each byte is a value of its own, or the value isn't whole
      : Array.from({ length: size }, (_, nth) => part.offset + (bigEndian ? nth : size - 1 - nth));
  return offsets.map((place, nth) => ({
    offset: place,
    digits: (bytes[place] ?? 0).toString(2).padStart(8, "0"),
    roles: Array.from({ length: 8 }, (_, bit) => {
      if (exponent === undefined) return "";
      const position = nth * 8 + bit;
      return position === 0 ? "sign" : position <= exponent ? "exponent" : "fraction";
    }),
  }));
}
