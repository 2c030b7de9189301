/**
 * Values as a person types them, and bytes.
 *
 * A value that makes no sense for a code is passed on unchanged: struct refuses it, and its message says why.
 *
 * @module
 */

import type { Layout } from "../../src/struct/codes.ts";
import type { StructValue } from "../../src/struct.ts";

/** The longest text of a value that is read, in characters: all bytes that are drawn, each as `\xff`. */
export const LONGEST_VALUE = 1024;

const isBytes = ({ kind }: Layout) => kind === "char" || kind === "string" || kind === "pascal";
const isFloat = ({ kind }: Layout) => kind.startsWith("float");

/**
 * Reads what was typed for a value.
 *
 * @param layout - what the code packs
 * @param typed - e.g. `-5`, `0xff`, `0b101`, `2**63-1`, `2.5`, `true`, `ab\x00`
 * @returns the value to pack; the text itself if it is none
 */
export function readValue(layout: Layout, typed: string): StructValue | string {
  if (isBytes(layout)) return readBytes(typed);
  const text = typed.trim();
  if (layout.kind === "bool") return /^(true|1)$/i.test(text);
  return readNumber(layout, text) ?? typed;
}

function readNumber(layout: Layout, text: string): number | bigint | undefined {
  const power = readPower(text);
  if (power !== undefined) return isFloat(layout) ? Number(power) : asNumber(power);
  const [, minus, digits = ""] = /^([-+]?)([^-+].*)$/.exec(text.replaceAll("_", "").replace("−", "-")) ?? [];
  const sign = minus === "-" ? -1 : 1;
  if (isFloat(layout)) {
    if (/^inf(inity)?$/i.test(digits)) return sign * Number.POSITIVE_INFINITY;
    if (/^nan$/i.test(digits)) return Number.NaN;
  } else if (/^(\d+|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i.test(digits)) {
    return asNumber(BigInt(sign) * BigInt(digits));
  }
  // What is left is a number only if it has digits: Number reads nothing as 0, and "Infinity".
  return /\d/.test(digits) && !Number.isNaN(Number(digits)) ? sign * Number(digits) : undefined;
}

/** Reads a power, as Python and JavaScript write the limits of integers: `2**63-1`. */
function readPower(text: string): bigint | undefined {
  const [, minus, base = "", exponent = "", more = "0"] =
    /^([-−]?)(\d{1,3})\*\*(\d{1,3})([-+−]\d{1,20})?$/.exec(text.replace(/\s/g, "")) ?? [];
  if (base === "") return undefined;
  return (
    (minus ? -1n : 1n) * BigInt(base) ** BigInt(exponent) + BigInt(more.replace("−", "-").replace("+", ""))
  );
}

/** A bigint only where a number wouldn't be exact. */
function asNumber(exact: bigint): number | bigint {
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

/**
 * Shows a value as a person would type it.
 *
 * @param value - the value
 * @returns a text that {@link readValue} reads
 */
export function showValue(value: StructValue): string {
  if (value instanceof Uint8Array) return showBytes(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

/**
 * The value of a code that nobody has typed one for.
 *
 * @param layout - what the code packs
 * @returns zero, as a text
 */
export function zeroOf(layout: Layout): string {
  if (layout.kind === "char") return "\\x00";
  if (isBytes(layout)) return "";
  return layout.kind === "bool" ? "false" : "0";
}

/**
 * Whether a text is the kind of value that a code packs, even if it is too large.
 *
 * @param layout - what the code packs
 * @param typed - the text
 * @returns false for a word where a number is needed
 */
export function suits(layout: Layout, typed: string): boolean {
  if (layout.kind === "bool") return /^(true|false)$/.test(typed);
  if (layout.kind === "char") return readBytes(typed).length === 1;
  return typeof readValue(layout, typed) !== "string";
}

/**
 * Reads a text as bytes: UTF-8, with `\xff` for any byte, and `\n`, `\r`, `\t`, `\0` and `\\` as in code.
 *
 * @param typed - the text
 * @returns its bytes
 */
export function readBytes(typed: string): Uint8Array {
  const bytes: number[] = [];
  for (const [token] of typed.matchAll(/\\x[\da-fA-F]{2}|\\[nrt0\\]|./gsu)) {
    if (/^\\x./.test(token)) bytes.push(Number.parseInt(token.slice(2), 16));
    else if (token.length === 2 && token.startsWith("\\")) bytes.push(ESCAPED[token.charAt(1)] as number);
    else bytes.push(...new TextEncoder().encode(token));
  }
  return Uint8Array.from(bytes);
}

const ESCAPED: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, "0": 0, "\\": 92 };

/**
 * Shows bytes as a text: as UTF-8 if they are that, with what has no shape of its own escaped.
 *
 * @param bytes - any bytes
 * @returns a text that {@link readBytes} reads
 */
export function showBytes(bytes: Uint8Array): string {
  const escaped = (byte: number) => `\\x${byte.toString(16).padStart(2, "0")}`;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.replace(/[\\\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
      character === "\\" ? "\\\\" : Array.from(new TextEncoder().encode(character), escaped).join(""),
    );
  } catch {
    return Array.from(bytes, (byte) =>
      byte < 0x20 || byte > 0x7e ? escaped(byte) : byte === 0x5c ? "\\\\" : String.fromCharCode(byte),
    ).join("");
  }
}
