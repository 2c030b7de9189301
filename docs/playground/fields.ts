/**
 * Where each value of a format is in its bytes.
 *
 * ```text
 *   "@bi"    b · · · i i i i       a value of 1 byte, a gap of 3, a value of 4
 * ```
 *
 * `calcsize` gives every place: the size of the format up to there. So this file cannot disagree with struct.
 *
 * @module
 */

import { BYTE_ORDERS, countIsLength, type Layout, NATIVE, STANDARD } from "../../src/struct/codes.ts";
import { calcsize, StructError } from "../../src/struct.ts";

/** The longest format that is read, in characters. */
export const LONGEST_FORMAT = 200;

/** The most bytes that are drawn. */
export const MOST_BYTES = 256;

/** The most values that are asked for. */
export const MOST_VALUES = 64;

/** Some of the bytes of a packet that belong together. */
export interface Part {
  /**
   * A `value`; the `text` behind the struct; bytes that the format `pad`s with; a `gap` that aligns the next value; or
   * a `surplus` of bytes, for which the format has no value.
   */
  readonly kind: "value" | "text" | "pad" | "gap" | "surplus";
  /** What it is called. */
  readonly name: string;
  /** In bytes from the start of the packet. */
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
  /** Which value it is, from 0 on; the text comes after all values. -1 if it has none. */
  readonly index: number;
  /** Its code in the format, or nothing if it has none. */
  readonly code: string;
  /** What its bytes are, if it is a value. */
  readonly layout: Layout | undefined;
}

/** Part of a format that is refused, and why. */
export interface Refusal {
  /** What the library says. */
  readonly message: string;
  /** The first refused character. */
  readonly from: number;
  /** The character after the last. */
  readonly to: number;
}

/** What C calls the value of each code. */
const WORDS: Readonly<Record<string, string>> = {
  "?": "bool",
  b: "signed char",
  B: "unsigned char",
  c: "char",
  d: "double",
  e: "half float",
  f: "float",
  H: "unsigned short",
  h: "short",
  I: "unsigned int",
  i: "int",
  L: "unsigned long",
  l: "long",
  N: "size_t",
  n: "ssize_t",
  P: "pointer",
  p: "Pascal string",
  Q: "unsigned long long",
  q: "long long",
  s: "bytes",
};

/**
 * Says what a part is, in the words of C.
 *
 * @param part - the part
 * @returns e.g. `short`
 */
export function wordFor({ kind, code }: Part): string {
  if (kind === "value") return WORDS[code] ?? code;
  if (kind === "text") return "text";
  if (kind === "surplus") return "surplus";
  return "padding";
}

/**
 * Takes a format apart.
 *
 * @param format - any text
 * @returns its byte order, or nothing if it starts with none; and the rest
 */
export function splitOrder(format: string): { order: string; codes: string } {
  const hasOrder = format !== "" && BYTE_ORDERS.includes(format.charAt(0));
  return { order: hasOrder ? format.charAt(0) : "", codes: hasOrder ? format.slice(1) : format };
}

/**
 * Whether the most significant byte of a number comes first.
 *
 * @param format - the format
 * @returns true after `>` and `!`
 */
export function isBigEndian(format: string): boolean {
  return /^[>!]/.test(format);
}

/**
 * Finds out what is wrong with a format.
 *
 * @param format - any text
 * @returns what the library says and which characters it says it of; undefined if it reads the format
 */
export function refusalOf(format: string): Refusal | undefined {
  const message = complaintAbout(format);
  if (message === undefined) return undefined;
  // The shortest start of the format that is refused ends with the character that is wrong.
  let to = 1;
  while (to < format.length && (/\d/.test(format.charAt(to - 1)) || !complaintAbout(format.slice(0, to))))
    to++;
  const digits = /\d*$/.exec(format.slice(0, to - 1)) as RegExpExecArray;
  return { message, from: digits.index, to };
}

function complaintAbout(format: string): string | undefined {
  try {
    calcsize(format);
    return undefined;
  } catch (error) {
    if (error instanceof StructError) return error.message;
    throw error;
  }
}

/**
 * Finds the parts of a format.
 *
 * @param format - a format that struct reads
 * @returns all its bytes, in their order; and values of no byte, such as `0s`
 * @throws RangeError if they are too many to draw
 */
export function partsOf(format: string): Part[] {
  const { order, codes } = splitOrder(format);
  const layouts = order === "" || order === "@" ? NATIVE : STANDARD;
  const size = calcsize(format);
  if (size > MOST_BYTES) {
    throw new RangeError(`${size} bytes are too many to draw: the playground has room for ${MOST_BYTES}`);
  }
  const parts: Part[] = [];
  let end = 0;
  let index = 0;
  const add = (kind: Part["kind"], to: number, code = "", layout?: Layout) => {
    const isValue = kind === "value";
    if (to > end || isValue) {
      const name = isValue ? `value ${index + 1}` : "padding";
      parts.push({ kind, name, offset: end, size: to - end, index: isValue ? index++ : -1, code, layout });
    }
    end = to;
  };

  for (const token of codes.matchAll(/(\d*)([^\s\d])/g)) {
    const [whole, digits, code = ""] = token;
    const layout = layouts[code] as Layout;
    const count = digits ? Number(digits) : 1;
    const stop = calcsize(order + codes.slice(0, token.index + whole.length));
    const start = stop - count * layout.size;
    add("gap", start);
    if (layout.kind === "pad") add("pad", stop, code);
    else if (countIsLength(layout)) add("value", stop, code, layout);
    else for (let nth = 1; nth <= count; nth++) add("value", start + nth * layout.size, code, layout);
    if (index > MOST_VALUES) {
      throw new RangeError(`too many values to show: the playground has room for ${MOST_VALUES}`);
    }
  }
  return parts;
}

/**
 * How much a byte of a number counts.
 *
 * @param part - a part
 * @param at - which byte of it, from 0 on
 * @param bigEndian - whether the most significant byte comes first
 * @returns 0 for the least significant byte, 1 for the next; undefined where all bytes count the same
 */
export function significanceOf({ layout, size }: Part, at: number, bigEndian: boolean): number | undefined {
  if (layout === undefined || countIsLength(layout) || layout.kind === "char") return undefined;
  return bigEndian ? size - 1 - at : at;
}
