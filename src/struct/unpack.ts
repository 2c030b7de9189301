/**
 * From bytes to values: a function that reads all values of a format.
 *
 * Bytes are read one by one, because in most engines it costs more to make a DataView than to do all that a short format
 * needs without one. What the loops call is in this file, too: engines compile calls inside a file better.
 */

import { countIsLength } from "./codes.ts";
import { FEW, type ReadOne, readFew } from "./few.ts";
import { fromHalfBits } from "./half.ts";
import type { Read, Run } from "./program.ts";
import { scratch } from "./scratch.ts";
import { copy, readPascal } from "./text.ts";
import type { StructValue } from "./types.ts";

const { float64, float32, words, view, LITTLE_ENDIAN, LOW, HIGH } = scratch;

/** Makes the function that reads all values of a format: value by value if they are few, else run by run. */
export function makeRead(runs: readonly Run[], length: number): Read {
  if (length <= FEW) return readFew(runs.flatMap(readersOf));
  return (bytes, start) => readRuns(runs, length, bytes, start);
}

function readersOf(run: Run): ReadOne[] {
  const { layout, first } = run;
  if (layout.kind === "pad") return [];
  const length = countIsLength(layout) ? 1 : run.count;
  return Array.from({ length }, (_, nth) => makeReadOne(run, first + nth * layout.size));
}

/** Makes the function that reads the value `at` bytes into the struct. */
function makeReadOne({ layout, count, step }: Run, at: number): ReadOne {
  switch (layout.kind) {
    case "int8":
      return (bytes, start) => ((bytes[start + at] as number) << 24) >> 24;
    case "uint8":
      return (bytes, start) => bytes[start + at] as number;
    case "int16":
      return (bytes, start) => (read16(bytes, start + at, step) << 16) >> 16;
    case "uint16":
      return (bytes, start) => read16(bytes, start + at, step);
    case "int32":
      return (bytes, start) => read32(bytes, start + at, step);
    case "uint32":
      return (bytes, start) => read32(bytes, start + at, step) >>> 0;
    case "int64":
      return (bytes, start) => readInt64(bytes, start + at, step);
    case "uint64":
      return (bytes, start) => readUint64(bytes, start + at, step);
    case "float16":
      return (bytes, start) => fromHalfBits(read16(bytes, start + at, step));
    case "float32":
      return (bytes, start) => readFloat32(bytes, start + at, step);
    case "float64":
      return (bytes, start) => readFloat64(bytes, start + at, step);
    case "bool":
      return (bytes, start) => bytes[start + at] !== 0;
    case "char":
      return (bytes, start) => copy(bytes, start + at, 1);
    case "string":
      return (bytes, start) => copy(bytes, start + at, count);
    case "pascal":
      return (bytes, start) => readPascal(bytes, start + at, count);
    case "pad":
      throw new Error("pad bytes have no value");
  }
}

/** Reads the values of all runs from `start` on. Cases are tried in turn, so the most common come first. */
function readRuns(runs: readonly Run[], length: number, bytes: Uint8Array, start: number): StructValue[] {
  const values: StructValue[] = new Array(length);
  let index = 0;
  for (const run of runs) {
    const { step } = run;
    const end = index + run.count;
    let at = start + run.first;
    switch (run.layout.kind) {
      case "uint8":
        for (; index < end; index++, at++) values[index] = bytes[at] as number;
        break;
      case "int32":
        for (; index < end; index++, at += 4) values[index] = read32(bytes, at, step);
        break;
      case "int16":
        for (; index < end; index++, at += 2) values[index] = (read16(bytes, at, step) << 16) >> 16;
        break;
      case "float64":
        for (; index < end; index++, at += 8) values[index] = readFloat64(bytes, at, step);
        break;
      case "int64":
        for (; index < end; index++, at += 8) values[index] = readInt64(bytes, at, step);
        break;
      case "uint16":
        for (; index < end; index++, at += 2) values[index] = read16(bytes, at, step);
        break;
      case "uint32":
        for (; index < end; index++, at += 4) values[index] = read32(bytes, at, step) >>> 0;
        break;
      case "uint64":
        for (; index < end; index++, at += 8) values[index] = readUint64(bytes, at, step);
        break;
      case "string":
        values[index++] = copy(bytes, at, run.count);
        break;
      case "int8":
        for (; index < end; index++, at++) values[index] = ((bytes[at] as number) << 24) >> 24;
        break;
      case "float32":
        for (; index < end; index++, at += 4) values[index] = readFloat32(bytes, at, step);
        break;
      case "char":
        for (; index < end; index++, at++) values[index] = copy(bytes, at, 1);
        break;
      case "bool":
        for (; index < end; index++, at++) values[index] = bytes[at] !== 0;
        break;
      case "pascal":
        values[index++] = readPascal(bytes, at, run.count);
        break;
      case "float16":
        for (; index < end; index++, at += 2) values[index] = fromHalfBits(read16(bytes, at, step));
        break;
    }
  }
  return values;
}

function read16(bytes: Uint8Array, at: number, step: number): number {
  return (bytes[at] as number) | ((bytes[at + step] as number) << 8);
}

function read32(bytes: Uint8Array, at: number, step: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + step] as number) << 8) |
    ((bytes[at + 2 * step] as number) << 16) |
    ((bytes[at + 3 * step] as number) << 24)
  );
}

/** Reads 8 bytes into the scratch. */
function readWords(bytes: Uint8Array, at: number, step: number): void {
  words[LOW] = read32(bytes, at, step);
  words[HIGH] = read32(bytes, at + 4 * step, step);
}

function readInt64(bytes: Uint8Array, at: number, step: number): bigint {
  readWords(bytes, at, step);
  return view.getBigInt64(0, LITTLE_ENDIAN);
}

function readUint64(bytes: Uint8Array, at: number, step: number): bigint {
  readWords(bytes, at, step);
  return view.getBigUint64(0, LITTLE_ENDIAN);
}

function readFloat32(bytes: Uint8Array, at: number, step: number): number {
  words[0] = read32(bytes, at, step);
  return float32[0] as number;
}

function readFloat64(bytes: Uint8Array, at: number, step: number): number {
  readWords(bytes, at, step);
  return float64[0] as number;
}
