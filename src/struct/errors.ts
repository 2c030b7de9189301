/** The errors, and their messages. */

import { BYTE_ORDERS, isInRange, NATIVE, SPACE } from "./codes.ts";
import type { CompiledFormat, Run } from "./compiled_format.ts";

/**
 * Thrown for a format, a value, bytes or an offset that is refused, like Python's `struct.error`. The message
 * names the format, the position and the value, and what was expected instead.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.error}
 * @example
 * ```ts
 * pack("<ihh", 5, 40000, 3); // throws: value 2 of "<ihh", 40000, does not fit: 'h' format requires -32768 <= number <= 32767
 * ```
 */
export class StructError extends Error {
  /** Always `"StructError"`. */
  override readonly name = "StructError";
}

/** Why the character at `at`, after the count `digits` if it has one, is not the code it should be. */
export function badFormat(format: string, at: number, digits: string): StructError {
  const character = format.charAt(at);
  const shown = show(format);
  if (character === "") {
    return new StructError(
      `repeat count given without format specifier: nothing follows the ${show(digits)} at the end of ${shown}`,
    );
  }
  if (character === "\0")
    return new StructError(`embedded null character at character ${at + 1} of ${shown}`);
  let reason = "is not a format code";
  if (SPACE.includes(character)) reason = `separates the count ${show(digits)} from its code`;
  else if (BYTE_ORDERS.includes(character)) reason = "is a byte order, which only the first character can be";
  else if (Object.hasOwn(NATIVE, character))
    reason = `exists only in native order, not after '${format.charAt(0)}'`;
  return new StructError(
    `bad char in struct format: ${show(character)}, character ${at + 1} of ${shown}, ${reason}`,
  );
}

/** Why the value at `index` does not fit. */
export function badValue(run: Run, index: number, value: unknown, reason: string): StructError {
  return new StructError(
    `value ${index + 1} of ${show(run.format)}, ${show(value)}, does not fit: ${reason}`,
  );
}

export function badInteger(run: Run, index: number, value: unknown): StructError {
  const { code, layout } = run;
  if (typeof value !== "bigint" && !Number.isInteger(value)) {
    return badValue(run, index, value, `required argument is not an integer, which '${code}' packs`);
  }
  if (isInRange(layout, BigInt(value as number | bigint))) {
    return badValue(run, index, value, `a number beyond 2**53 - 1 is not exact, give '${code}' a bigint`);
  }
  return badValue(run, index, value, `'${code}' format requires ${layout.min} <= number <= ${layout.max}`);
}

export function tooLarge(run: Run, index: number, value: unknown): StructError {
  return badValue(run, index, value, `float too large to pack with ${run.code} format`);
}

/** A value as a message shows it: on one line, without control characters, and short. */
export function show(value: unknown): string {
  if (isBytes(value)) return `a Uint8Array of length ${value.length}`;
  if (typeof value === "function" || (typeof value === "object" && value !== null))
    return `a ${className(value)}`;
  let text = String(value);
  if (typeof value === "bigint") text += "n";
  if (typeof value === "string") text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 50)}… (${text.length} characters)` : text;
}

/** `Array`, `Function`, `DataView` …; and `Number object`, because a Number object isn't a number. */
function className(value: object): string {
  const name = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return /^(Number|BigInt|String|Boolean)$/.test(name) ? `${name} object` : name;
}

/** Whether it is a Uint8Array, perhaps from another window or `vm` context. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]";
}

export function badOffset(
  compiled: CompiledFormat,
  bytes: Uint8Array,
  offset: number,
  verb: "pack" | "unpack",
): StructError {
  const { size } = compiled;
  const { length } = bytes;
  const shown = show(compiled.format);
  if (!Number.isInteger(offset)) return new StructError(`an offset is an integer, not ${show(offset)}`);
  if (offset < -length)
    return new StructError(`offset ${offset} out of range for ${length}-byte buffer (${shown})`);
  if (offset < 0) {
    const lacking = verb === "pack" ? "no space to pack" : "not enough data to unpack";
    return new StructError(
      `${lacking} ${size} bytes at offset ${offset} (${shown}, buffer of ${length} bytes)`,
    );
  }
  return new StructError(
    `${verb === "pack" ? "pack_into" : "unpack_from"} requires a buffer of at least ${offset + size} bytes for ` +
      `${verb}ing ${size} bytes at offset ${offset} (actual buffer size is ${length}), the size of ${shown}`,
  );
}
