/**
 * From values to bytes: a function that writes all values of a format.
 *
 * As in unpacking, bytes are written one by one, and what the loops call is in this file.
 */

import { countIsLength, isInRange } from "./codes.ts";
import { badInteger, badValue, tooLarge } from "./errors.ts";
import { FEW, type WriteOne, writeFew } from "./few.ts";
import { toHalfBits } from "./half.ts";
import type { Run, Write } from "./program.ts";
import { scratch } from "./scratch.ts";
import { toByte, writeText, zero } from "./text.ts";

const { float64, float32, words, view, LITTLE_ENDIAN, LOW, HIGH } = scratch;

/**
 * Makes the function that writes all values of a format: value by value if they are few, else run by run. Padding is
 * written with the runs, because its zeros belong to no value.
 */
export function makeWrite(format: string, runs: readonly Run[], length: number): Write {
  const isPadded = runs.some(({ layout }) => layout.kind === "pad");
  if (length > FEW || isPadded)
    return (bytes, start, values) => writeRuns(format, runs, bytes, start, values);
  const writers: WriteOne[] = [];
  for (const run of runs) {
    const count = countIsLength(run.layout) ? 1 : run.count;
    for (let nth = 0; nth < count; nth++) {
      writers.push(makeWriteOne(format, run, writers.length, run.first + nth * run.layout.size));
    }
  }
  return writeFew(writers);
}

/** Makes the function that writes the value at `index` to where it belongs, `at` bytes into the struct. */
function makeWriteOne(format: string, run: Run, index: number, at: number): WriteOne {
  const { step } = run;
  switch (run.layout.kind) {
    case "int8":
      return (bytes, start, value) => {
        bytes[start + at] = toInt8(format, run, index, value);
      };
    case "uint8":
      return (bytes, start, value) => {
        bytes[start + at] = toUint8(format, run, index, value);
      };
    case "int16":
      return (bytes, start, value) => write16(bytes, start + at, step, toInt16(format, run, index, value));
    case "uint16":
      return (bytes, start, value) => write16(bytes, start + at, step, toUint16(format, run, index, value));
    case "int32":
      return (bytes, start, value) => write32(bytes, start + at, step, toInt32(format, run, index, value));
    case "uint32":
      return (bytes, start, value) => write32(bytes, start + at, step, toUint32(format, run, index, value));
    case "int64":
    case "uint64":
      return (bytes, start, value) => write64(format, run, index, value, bytes, start + at);
    case "float16":
      return (bytes, start, value) => write16(bytes, start + at, step, halfBits(format, run, index, value));
    case "float32":
      return (bytes, start, value) => write32(bytes, start + at, step, singleBits(format, run, index, value));
    case "float64":
      return (bytes, start, value) =>
        writeFloat64(bytes, start + at, step, toFloat(format, run, index, value));
    case "bool":
      return (bytes, start, value) => {
        bytes[start + at] = value ? 1 : 0;
      };
    case "char":
      return (bytes, start, value) => {
        bytes[start + at] = toByte(format, run, index, value);
      };
    case "string":
    case "pascal":
      return (bytes, start, value) => writeText(format, run, index, value, bytes, start + at);
    case "pad":
      throw new Error("pad bytes have no value");
  }
}

/** Writes the values of all runs from `start` on. Cases are tried in turn, so the most common come first. */
function writeRuns(
  format: string,
  runs: readonly Run[],
  bytes: Uint8Array,
  start: number,
  values: readonly unknown[],
): void {
  let index = 0;
  for (const run of runs) {
    const { step } = run;
    const end = index + run.count;
    let at = start + run.first;
    switch (run.layout.kind) {
      case "uint8":
        for (; index < end; index++, at++) bytes[at] = toUint8(format, run, index, values[index]);
        break;
      case "int32":
        for (; index < end; index++, at += 4)
          write32(bytes, at, step, toInt32(format, run, index, values[index]));
        break;
      case "int16":
        for (; index < end; index++, at += 2)
          write16(bytes, at, step, toInt16(format, run, index, values[index]));
        break;
      case "float64":
        for (; index < end; index++, at += 8)
          writeFloat64(bytes, at, step, toFloat(format, run, index, values[index]));
        break;
      case "int64":
      case "uint64":
        for (; index < end; index++, at += 8) write64(format, run, index, values[index], bytes, at);
        break;
      case "uint16":
        for (; index < end; index++, at += 2)
          write16(bytes, at, step, toUint16(format, run, index, values[index]));
        break;
      case "uint32":
        for (; index < end; index++, at += 4)
          write32(bytes, at, step, toUint32(format, run, index, values[index]));
        break;
      case "string":
      case "pascal":
        writeText(format, run, index, values[index], bytes, at);
        index++;
        break;
      case "int8":
        for (; index < end; index++, at++) bytes[at] = toInt8(format, run, index, values[index]);
        break;
      case "float32":
        for (; index < end; index++, at += 4)
          write32(bytes, at, step, singleBits(format, run, index, values[index]));
        break;
      case "char":
        for (; index < end; index++, at++) bytes[at] = toByte(format, run, index, values[index]);
        break;
      case "bool":
        for (; index < end; index++, at++) bytes[at] = values[index] ? 1 : 0;
        break;
      case "pad":
        zero(bytes, at, at + run.count);
        break;
      case "float16":
        for (; index < end; index++, at += 2)
          write16(bytes, at, step, halfBits(format, run, index, values[index]));
        break;
    }
  }
}

function toInt8(format: string, run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value << 24) >> 24 === value) return value;
  return fromBigInt(format, run, index, value);
}

function toUint8(format: string, run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value & 0xff) === value) return value;
  return fromBigInt(format, run, index, value);
}

function toInt16(format: string, run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value << 16) >> 16 === value) return value;
  return fromBigInt(format, run, index, value);
}

function toUint16(format: string, run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value & 0xffff) === value) return value;
  return fromBigInt(format, run, index, value);
}

function toInt32(format: string, run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value | 0) === value) return value;
  return fromBigInt(format, run, index, value);
}

function toUint32(format: string, run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && value >>> 0 === value) return value;
  return fromBigInt(format, run, index, value);
}

/** An integer of up to 32 bits that is not a number that fits: a bigint that does, or a refusal. */
function fromBigInt(format: string, run: Run, index: number, value: unknown): number {
  if (typeof value !== "bigint" || !isInRange(run.layout, value)) throw badInteger(format, run, index, value);
  return Number(value);
}

function toFloat(format: string, run: Run, index: number, value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" && Number.isFinite(Number(value))) return Number(value);
  throw badValue(format, index, value, `required argument is not a float, which '${run.code}' packs`);
}

function singleBits(format: string, run: Run, index: number, value: unknown): number {
  const double = toFloat(format, run, index, value);
  float32[0] = double;
  if (Math.abs(float32[0]) === Infinity && Math.abs(double) !== Infinity)
    throw tooLarge(format, run, index, value);
  return words[0] as number;
}

function halfBits(format: string, run: Run, index: number, value: unknown): number {
  const bits = toHalfBits(toFloat(format, run, index, value));
  if (bits === undefined) throw tooLarge(format, run, index, value);
  return bits;
}

// A Uint8Array keeps the low 8 bits of a number, so nothing has to be masked.

function write16(bytes: Uint8Array, at: number, step: number, value: number): void {
  bytes[at] = value;
  bytes[at + step] = value >> 8;
}

function write32(bytes: Uint8Array, at: number, step: number, value: number): void {
  bytes[at] = value;
  bytes[at + step] = value >> 8;
  bytes[at + 2 * step] = value >> 16;
  bytes[at + 3 * step] = value >> 24;
}

/** Writes the 8 bytes of the scratch. */
function writeWords(bytes: Uint8Array, at: number, step: number): void {
  write32(bytes, at, step, words[LOW] as number);
  write32(bytes, at + 4 * step, step, words[HIGH] as number);
}

function writeFloat64(bytes: Uint8Array, at: number, step: number, value: number): void {
  float64[0] = value;
  writeWords(bytes, at, step);
}

/** Writes an integer of 64 bits, from a bigint or a safe integer. */
function write64(
  format: string,
  run: Run,
  index: number,
  value: unknown,
  bytes: Uint8Array,
  at: number,
): void {
  const { layout } = run;
  if (typeof value === "bigint" && layout.min <= value && value <= layout.max) {
    view.setBigInt64(0, value, LITTLE_ENDIAN); // an unsigned one has the same bits
  } else {
    const isNumber = typeof value === "number" && Number.isSafeInteger(value);
    if (!isNumber || (value < 0 && layout.min === 0n)) throw badInteger(format, run, index, value);
    words[LOW] = value;
    words[HIGH] = Math.floor(value / 2 ** 32);
  }
  writeWords(bytes, at, run.step);
}
