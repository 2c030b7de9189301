/** The types: how the type checker reads a format before the program runs. */

/**
 * Any value that a code packs or unpacks: the type for a format that is only known at run time.
 * @see {@link https://docs.python.org/3/library/struct.html#format-characters}
 * @example
 * ```ts
 * const values: StructValue[] = unpack("<hq?2s", new Uint8Array(13));
 * values; // => [ 0, 0n, false, Uint8Array(2) [ 0, 0 ] ]
 * ```
 */
export type StructValue = number | bigint | boolean | Uint8Array;

/** The type of each code's value with standard sizes. */
interface StandardTypes {
  c: Uint8Array;
  "?": boolean;
  b: number;
  B: number;
  h: number;
  H: number;
  i: number;
  I: number;
  l: number;
  L: number;
  q: bigint;
  Q: bigint;
  e: number;
  f: number;
  d: number;
  s: Uint8Array;
  p: Uint8Array;
}

/** The type of each code's value with C's sizes. */
interface NativeTypes extends Omit<StandardTypes, "l" | "L"> {
  l: bigint;
  L: bigint;
  n: bigint;
  N: bigint;
  P: bigint;
}

type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Space = " " | "\t" | "\n" | "\r" | "\v" | "\f";
type ByteOrder = "@" | "=" | "<" | ">" | "!";

/** What is wrong with a format, in words that the editor shows. */
export interface Problem<Message extends string> {
  problem: Message;
}

/** `0` to `9` times a value. */
interface Few<V> {
  "0": [];
  "1": [V];
  "2": [V, V];
  "3": [V, V, V];
  "4": [V, V, V, V];
  "5": [V, V, V, V, V];
  "6": [V, V, V, V, V, V];
  "7": [V, V, V, V, V, V, V];
  "8": [V, V, V, V, V, V, V, V];
  "9": [V, V, V, V, V, V, V, V, V];
}

type TenTimes<T extends unknown[]> = [...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T];

/** A count of values: exact up to 99, and an array of any length above, which keeps the checker fast. */
type Repeat<V, Count extends string> = Count extends ""
  ? [V]
  : Count extends Digit
    ? Few<V>[Count]
    : Count extends `0${infer Rest}`
      ? Repeat<V, Rest>
      : Count extends `${infer Tens extends Digit}${infer Ones extends Digit}`
        ? [...TenTimes<Few<V>[Tens]>, ...Few<V>[Ones]]
        : V[];

/** Reads a format without its byte order from left to right, gathering the types of its values. */
type ValuesIn<
  F extends string,
  Types,
  Values extends unknown[] = [],
  Count extends string = "",
> = F extends `${infer Code}${infer Rest}`
  ? Code extends Digit
    ? ValuesIn<Rest, Types, Values, `${Count}${Code}`>
    : Code extends "x"
      ? ValuesIn<Rest, Types, Values>
      : Code extends keyof Types
        ? Repeat<Types[Code], Code extends "s" | "p" ? "1" : Count> extends infer More extends unknown[]
          ? ValuesIn<Rest, Types, [...Values, ...More]>
          : never
        : Code extends Space
          ? Count extends ""
            ? ValuesIn<Rest, Types, Values>
            : Problem<`white space between the count ${Count} and its code`>
          : Code extends ByteOrder
            ? Problem<`the byte order '${Code}' can only be the first character of a format`>
            : Code extends keyof NativeTypes
              ? Problem<`'${Code}' exists only in native order: '@' or no byte order`>
              : Problem<`'${Code}' is not a format code`>
  : Count extends ""
    ? Values
    : Problem<`the count ${Count} at the end of the format has no code behind it`>;

/** The types of a format's values, or its problem. For a format that is only known at run time, any values. */
export type ValuesOf<F extends string> =
  Record<never, never> extends Record<F, 1>
    ? StructValue[]
    : F extends `${infer Order extends ByteOrder}${infer Rest}`
      ? ValuesIn<Rest, Order extends "@" ? NativeTypes : StandardTypes>
      : ValuesIn<F, NativeTypes>;

/**
 * The format itself if it is right; otherwise a text that says what is wrong with it, which your editor shows.
 * @see {@link https://docs.python.org/3/library/struct.html#format-strings}
 * @example
 * ```ts
 * const right: Format<"<ihh"> = "<ihh";
 * const wrong: Format<"<iz"> = "'z' is not a format code";
 * [right, wrong]; // => [ '<ihh', "'z' is not a format code" ]
 * ```
 */
export type Format<F extends string> = ValuesOf<F> extends Problem<infer Message> ? Message : F;

/**
 * The values that a format unpacks to: numbers, bigints where a code takes 64 bits, booleans and bytes. A tuple
 * with counts up to 99, an array with larger ones, and {@link StructValue}s of any number for `string`.
 * @see {@link https://docs.python.org/3/library/struct.html#format-characters}
 * @example
 * ```ts
 * const values: UnpackValues<"<iq"> = unpack("<iq", new Uint8Array(12));
 * values; // => [ 0, 0n ]
 * ```
 */
export type UnpackValues<F extends string> =
  ValuesOf<F> extends infer V extends unknown[] ? V : StructValue[];

/**
 * The values that a format packs: those of {@link UnpackValues}, and a number is allowed in place of a bigint.
 * @see {@link https://docs.python.org/3/library/struct.html#format-characters}
 * @example
 * ```ts
 * const values: PackValues<"<hq"> = [1, 2];
 * pack("<hq", ...values); // => Uint8Array(10) [ 1, 0, 2, 0, 0, 0, 0, 0, 0, 0 ]
 * ```
 */
export type PackValues<F extends string> =
  ValuesOf<F> extends infer V extends unknown[]
    ? { [K in keyof V]: V[K] extends bigint ? bigint | number : V[K] }
    : StructValue[];
