/**
 * Python's `struct` module in TypeScript: it turns values into bytes and bytes into values, as a format says.
 *
 * Two programs that talk over a network, or a program and a file, share nothing but bytes. To send the
 * numbers 5, 2 and 3 they must agree how many bytes each number takes, in which order those bytes go,
 * and where each number starts. A **format** writes that agreement down, one letter per value:
 *
 * ```text
 *            "<ihh"                     <  the least significant byte goes first
 *                                       i  an integer of 4 bytes
 *   5            2        3             h  an integer of 2 bytes, twice
 *   │            │        │
 *   ▼            ▼        ▼
 *   05 00 00 00  02 00    03 00         8 bytes
 *   0            4        6             the offset of each value
 * ```
 *
 * {@link pack} follows this picture downwards and {@link unpack} upwards.
 *
 * The parts are in `src/struct/`. Read them in this order: what a code is (codes.ts), how a format is compiled
 * (compile.ts) to a table of codecs (compiled_format.ts), how a value is packed and unpacked (codec.ts, numbers.ts,
 * text.ts) and how all of a format are (few.ts, many.ts), what is refused (arguments.ts, errors.ts), and how the type
 * checker reads a format before the program runs (types.ts). None of it imports anything else, so it runs in Node,
 * Deno, Bun and browsers.
 *
 * It accepts and refuses what CPython 3.13 on x86-64 accepts and refuses, described in
 * {@link https://docs.python.org/3/library/struct.html}.
 *
 * @module
 */

import { checkLength, checkWhole, makeRoom, startAt, unpackEach } from "./struct/arguments.ts";
import { compile, compileOnce } from "./struct/compile.ts";
import type { CompiledFormat } from "./struct/compiled_format.ts";
import type { Format, PackValues, UnpackValues } from "./struct/types.ts";

export { StructError } from "./struct/errors.ts";
export type { Format, PackValues, StructValue, UnpackValues } from "./struct/types.ts";

/**
 * Packs values into new bytes.
 * @param format What to pack, e.g. `"<ihh"`.
 * @param values One value for each code of the format.
 * @returns As many bytes as {@link calcsize} says, in a buffer of their own.
 * @throws {@link StructError} when the format is wrong, there are too many or too few values, or a value does not fit.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.pack}
 * @example
 * ```ts
 * pack("<ihh", 5, 2, 3); // => Uint8Array(8) [ 5, 0, 0, 0, 2, 0, 3, 0 ]
 * ```
 */
export function pack<const F extends string>(
  format: Format<F>,
  ...values: PackValues<F>
): Uint8Array<ArrayBuffer> {
  const compiled = compileOnce(format);
  const bytes = makeRoom(compiled, values);
  compiled.codecs.write(bytes, 0, values);
  return bytes;
}

/**
 * Packs values into bytes that are already there.
 * @param format What to pack.
 * @param bytes Where to. Only the bytes of the format change.
 * @param offset The byte to start at; a negative one counts from the end.
 * @param values One value for each code of the format.
 * @throws {@link StructError} when {@link pack} would throw, or there is no room at the offset.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.pack_into}
 * @example
 * ```ts
 * const bytes = new Uint8Array(6);
 * packInto(">h", bytes, 2, 258);
 * bytes; // => Uint8Array(6) [ 0, 0, 1, 2, 0, 0 ]
 * ```
 */
export function packInto<const F extends string>(
  format: Format<F>,
  bytes: Uint8Array,
  offset: number,
  ...values: PackValues<F>
): void {
  const compiled = compileOnce(format);
  checkLength(compiled, values);
  compiled.codecs.write(bytes, startAt(compiled, bytes, offset, "pack"), values);
}

/**
 * Unpacks values from bytes.
 * @param format What the bytes hold.
 * @param bytes Exactly as many as {@link calcsize} says.
 * @returns One value for each code of the format.
 * @throws {@link StructError} when the format is wrong or there are more or fewer bytes.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.unpack}
 * @example
 * ```ts
 * unpack("<ihh", new Uint8Array([5, 0, 0, 0, 2, 0, 3, 0])); // => [ 5, 2, 3 ]
 * ```
 */
export function unpack<const F extends string>(format: Format<F>, bytes: Uint8Array): UnpackValues<F> {
  const compiled = compileOnce(format);
  checkWhole(compiled, bytes);
  return compiled.codecs.read(bytes, 0) as UnpackValues<F>;
}

/**
 * Unpacks values from somewhere inside bytes.
 * @param format What the bytes hold.
 * @param bytes At least as many from the offset on as {@link calcsize} says.
 * @param offset The byte to start at; a negative one counts from the end.
 * @returns One value for each code of the format.
 * @throws {@link StructError} when the format is wrong or there are too few bytes at the offset.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.unpack_from}
 * @example
 * ```ts
 * unpackFrom(">h", new Uint8Array([0, 0, 1, 2]), 2); // => [ 258 ]
 * ```
 */
export function unpackFrom<const F extends string>(
  format: Format<F>,
  bytes: Uint8Array,
  offset = 0,
): UnpackValues<F> {
  const compiled = compileOnce(format);
  return compiled.codecs.read(bytes, startAt(compiled, bytes, offset, "unpack")) as UnpackValues<F>;
}

/**
 * Unpacks bytes that hold the same format again and again.
 * @param format What each piece of the bytes holds.
 * @param bytes A multiple of {@link calcsize} bytes.
 * @returns An iterator that unpacks one piece at a time.
 * @throws {@link StructError} at once when the format is wrong or empty, or the number of bytes is not a multiple of
 * its size.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.iter_unpack}
 * @example
 * ```ts
 * [...iterUnpack("<h", new Uint8Array([1, 0, 2, 0]))]; // => [ [ 1 ], [ 2 ] ]
 * ```
 */
export function iterUnpack<const F extends string>(
  format: Format<F>,
  bytes: Uint8Array,
): IterableIterator<UnpackValues<F>> {
  return unpackEach(compileOnce(format), bytes) as IterableIterator<UnpackValues<F>>;
}

/**
 * The size of what a format packs, in bytes.
 * @param format The format to measure.
 * @returns The size; above 2**53, the nearest `number`.
 * @throws {@link StructError} when the format is wrong or takes more than 2**63 - 1 bytes.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.calcsize}
 * @example
 * ```ts
 * calcsize("<ihh"); // => 8
 * ```
 */
export function calcsize<const F extends string>(format: Format<F>): number {
  return compileOnce(format).size;
}

/**
 * A format that is read once and then used many times.
 * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct}
 * @example
 * ```ts
 * const request = new Struct("<ihh");
 * request.size; // => 8
 * request.unpack(request.pack(5, 2, 3)); // => [ 5, 2, 3 ]
 * ```
 */
export class Struct<const F extends string = string> {
  /** The format as it was given, {@link https://docs.python.org/3/library/struct.html#struct.Struct.format}. */
  readonly format: F;
  /** How many bytes it packs, {@link https://docs.python.org/3/library/struct.html#struct.Struct.size}. */
  readonly size: number;
  readonly #compiled: CompiledFormat;

  /**
   * @param format The format to read.
   * @throws {@link StructError} when the format is wrong.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct}
   * @example
   * ```ts
   * new Struct("<ihh").size; // => 8
   * ```
   */
  constructor(format: Format<F>) {
    this.#compiled = compile(format);
    this.format = format as F;
    this.size = this.#compiled.size;
  }

  /**
   * As {@link pack} with this format.
   * @param values One value for each code of the format.
   * @returns The packed bytes, {@link size} of them.
   * @throws {@link StructError} when there are too many or too few values, or a value does not fit.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.pack}
   * @example
   * ```ts
   * new Struct(">h").pack(258); // => Uint8Array(2) [ 1, 2 ]
   * ```
   */
  pack(...values: PackValues<F>): Uint8Array<ArrayBuffer> {
    const bytes = makeRoom(this.#compiled, values);
    this.#compiled.codecs.write(bytes, 0, values);
    return bytes;
  }

  /**
   * As {@link packInto} with this format.
   * @param bytes Where to pack.
   * @param offset The byte to start at; a negative one counts from the end.
   * @param values One value for each code of the format.
   * @throws {@link StructError} when {@link pack} would throw, or there is no room at the offset.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.pack_into}
   * @example
   * ```ts
   * const bytes = new Uint8Array(4);
   * new Struct(">h").packInto(bytes, -2, 258);
   * bytes; // => Uint8Array(4) [ 0, 0, 1, 2 ]
   * ```
   */
  packInto(bytes: Uint8Array, offset: number, ...values: PackValues<F>): void {
    checkLength(this.#compiled, values);
    this.#compiled.codecs.write(bytes, startAt(this.#compiled, bytes, offset, "pack"), values);
  }

  /**
   * As {@link unpack} with this format.
   * @param bytes Exactly {@link size} bytes.
   * @returns One value for each code of the format.
   * @throws {@link StructError} when there are more or fewer bytes.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.unpack}
   * @example
   * ```ts
   * new Struct(">h").unpack(new Uint8Array([1, 2])); // => [ 258 ]
   * ```
   */
  unpack(bytes: Uint8Array): UnpackValues<F> {
    checkWhole(this.#compiled, bytes);
    return this.#compiled.codecs.read(bytes, 0) as UnpackValues<F>;
  }

  /**
   * As {@link unpackFrom} with this format.
   * @param bytes At least {@link size} bytes from the offset on.
   * @param offset The byte to start at; a negative one counts from the end.
   * @returns One value for each code of the format.
   * @throws {@link StructError} when there are too few bytes at the offset.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.unpack_from}
   * @example
   * ```ts
   * new Struct(">h").unpackFrom(new Uint8Array([0, 1, 2]), 1); // => [ 258 ]
   * ```
   */
  unpackFrom(bytes: Uint8Array, offset = 0): UnpackValues<F> {
    const start = startAt(this.#compiled, bytes, offset, "unpack");
    return this.#compiled.codecs.read(bytes, start) as UnpackValues<F>;
  }

  /**
   * As {@link iterUnpack} with this format.
   * @param bytes A multiple of {@link size} bytes.
   * @returns An iterator that unpacks one piece at a time.
   * @throws {@link StructError} at once when the format is empty or the number of bytes is not a multiple of its size.
   * @see {@link https://docs.python.org/3/library/struct.html#struct.Struct.iter_unpack}
   * @example
   * ```ts
   * [...new Struct(">h").iterUnpack(new Uint8Array([0, 1, 0, 2]))]; // => [ [ 1 ], [ 2 ] ]
   * ```
   */
  iterUnpack(bytes: Uint8Array): IterableIterator<UnpackValues<F>> {
    return unpackEach(this.#compiled, bytes) as IterableIterator<UnpackValues<F>>;
  }
}
