/** Reads the text of a format, once, and makes the objects that read and write what it describes. */

import type { Codec } from "./codec.ts";
import { BYTE_ORDERS, countIsLength, type Kind, type Layout, NATIVE, SPACE, STANDARD } from "./codes.ts";
import type { Codecs, CompiledFormat, Run } from "./compiled_format.ts";
import { badFormat, StructError, show } from "./errors.ts";
import { FEW } from "./few.ts";
import { Many, Padded } from "./many.ts";
import * as numbers from "./numbers.ts";
import { Char, Pad, Pascal, Text } from "./text.ts";

/** The largest possible size, that of C's `Py_ssize_t`. */
const MAX_SIZE = 2n ** 63n - 1n;

/** Compiles a format. */
export function compile(format: string): CompiledFormat {
  if (typeof format !== "string") throw new StructError(`a format is a string, not ${show(format)}`);
  const order = format !== "" && BYTE_ORDERS.includes(format.charAt(0)) ? format.charAt(0) : "";
  const native = order === "" || order === "@";
  const bigEndian = order === ">" || order === "!";
  const runs: { -readonly [K in keyof Run]: Run[K] }[] = [];
  // Bigints, because a count may have any number of digits.
  let size = 0n;
  let length = 0n;

  const add = (code: string, layout: Layout, count: bigint): void => {
    const last = runs.at(-1);
    const isOneValue = countIsLength(layout);
    if (last?.code === code && !isOneValue) last.count += Number(count);
    else if (count > 0n || isOneValue) {
      const first = Number(size) + (bigEndian ? layout.size - 1 : 0);
      runs.push({ format, code, layout, count: Number(count), first, step: bigEndian ? -1 : 1 });
    }
    size += count * BigInt(layout.size);
    if (isOneValue) length += 1n;
    else if (layout.kind !== "pad") length += count;
  };

  for (let at = order.length; at < format.length; at++) {
    if (SPACE.includes(format.charAt(at))) continue;
    let digits = "";
    while (isDigit(format.charAt(at))) digits += format.charAt(at++);
    const code = format.charAt(at);
    const layout = (native ? NATIVE : STANDARD)[code];
    if (layout === undefined) throw badFormat(format, at, digits);
    if (native) {
      // In C a value starts at a multiple of its own size.
      const past = size % BigInt(layout.size);
      if (past > 0n) add("x", NATIVE["x"] as Layout, BigInt(layout.size) - past);
    }
    add(code, layout, digits === "" ? 1n : BigInt(digits));
    if (size > MAX_SIZE) {
      throw new StructError(`total struct size too long: ${show(format)} takes more than 2**63 - 1 bytes`);
    }
  }
  const values = Number(length);
  return {
    format,
    size: Number(size),
    length: values,
    codecs: makeCodecs(runs, values),
  };
}

/** The class of each kind of value. */
const CODECS: Readonly<Record<Kind, new (run: Run) => Codec>> = {
  pad: Pad,
  char: Char,
  bool: numbers.Bool,
  int8: numbers.Int8,
  uint8: numbers.Uint8,
  int16: numbers.Int16,
  uint16: numbers.Uint16,
  int32: numbers.Int32,
  uint32: numbers.Uint32,
  int64: numbers.Int64,
  uint64: numbers.Uint64,
  float16: numbers.Float16,
  float32: numbers.Float32,
  float64: numbers.Float64,
  string: Text,
  pascal: Pascal,
};

const makeCodec = (run: Run): Codec => new CODECS[run.layout.kind](run);

/** Makes what reads and writes all values of a format: value by value if there are few, otherwise run by run. */
function makeCodecs(runs: readonly Run[], length: number): Codecs {
  const isPad = ({ layout }: Run) => layout.kind === "pad";
  const pads = runs.filter(isPad).map(makeCodec);
  const filled = runs.filter((run) => !isPad(run));
  const Few = FEW[length];
  const codecs = Few
    ? new Few(filled.flatMap(split).map(makeCodec))
    : new Many(filled, filled.map(makeCodec), length);
  return pads.length === 0 ? codecs : new Padded(pads, codecs);
}

/** Splits a run into one run for each value. */
function split(run: Run): Run[] {
  if (countIsLength(run.layout)) return [run];
  const { size } = run.layout;
  return Array.from({ length: run.count }, (_, nth) => ({ ...run, count: 1, first: run.first + nth * size }));
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

/** Most programs use a few formats again and again, but a program that generates formats must not fill the memory. */
const CACHE_LIMIT = 100;
const cache = new Map<string, CompiledFormat>();

/** The last format compiled or found. The next one is usually the same, and comparing is faster than looking up. */
let last: CompiledFormat | undefined;

/** Compiles a format, or finds it among those compiled before. */
export function compileOnce(format: string): CompiledFormat {
  if (last !== undefined && last.format === format) return last;
  last = cache.get(format);
  if (last !== undefined) return last;
  last = compile(format);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(format, last);
  return last;
}
