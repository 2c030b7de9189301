/**
 * Numbers and truth values: how each kind is read from bytes and written to them.
 *
 * Bytes are read and written one by one, because in most engines it costs more to make a DataView than to do all that a
 * short format needs without one. What the methods call is in this file, too: engines compile calls inside a file better.
 */

import { isInRange } from "./codes.ts";
import { badInteger, badValue, tooLarge } from "./errors.ts";
import { Field } from "./field.ts";
import { fromHalfBits, toHalfBits } from "./half.ts";
import type { Run } from "./program.ts";
import { scratch } from "./scratch.ts";

const { float64, float32, words, view, LITTLE_ENDIAN, LOW, HIGH } = scratch;

export class Bool extends Field {
  read(bytes: Uint8Array, start: number): boolean {
    return bytes[start + this.at] !== 0;
  }

  write(bytes: Uint8Array, start: number, value: unknown): void {
    bytes[start + this.at] = value ? 1 : 0;
  }
}

export class Int8 extends Field {
  read(bytes: Uint8Array, start: number): number {
    return ((bytes[start + this.at] as number) << 24) >> 24;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const fits = typeof value === "number" && (value << 24) >> 24 === value;
    bytes[start + this.at] = fits ? value : fromBigInt(this.run, index, value);
  }
}

export class Uint8 extends Field {
  read(bytes: Uint8Array, start: number): number {
    return bytes[start + this.at] as number;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const fits = typeof value === "number" && (value & 0xff) === value;
    bytes[start + this.at] = fits ? value : fromBigInt(this.run, index, value);
  }
}

export class Int16 extends Field {
  read(bytes: Uint8Array, start: number): number {
    const at = start + this.at;
    return (((bytes[at] as number) | ((bytes[at + this.step] as number) << 8)) << 16) >> 16;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const fits = typeof value === "number" && (value << 16) >> 16 === value;
    const integer = fits ? value : fromBigInt(this.run, index, value);
    const at = start + this.at;
    bytes[at] = integer;
    bytes[at + this.step] = integer >> 8;
  }
}

export class Uint16 extends Field {
  read(bytes: Uint8Array, start: number): number {
    const at = start + this.at;
    return (bytes[at] as number) | ((bytes[at + this.step] as number) << 8);
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const fits = typeof value === "number" && (value & 0xffff) === value;
    const integer = fits ? value : fromBigInt(this.run, index, value);
    const at = start + this.at;
    bytes[at] = integer;
    bytes[at + this.step] = integer >> 8;
  }
}

export class Int32 extends Field {
  read(bytes: Uint8Array, start: number): number {
    return read32(bytes, start + this.at, this.step);
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const fits = typeof value === "number" && (value | 0) === value;
    const integer = fits ? value : fromBigInt(this.run, index, value);
    const { step } = this;
    const at = start + this.at;
    bytes[at] = integer;
    bytes[at + step] = integer >> 8;
    bytes[at + 2 * step] = integer >> 16;
    bytes[at + 3 * step] = integer >> 24;
  }
}

export class Uint32 extends Field {
  read(bytes: Uint8Array, start: number): number {
    return read32(bytes, start + this.at, this.step) >>> 0;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const fits = typeof value === "number" && value >>> 0 === value;
    const integer = fits ? value : fromBigInt(this.run, index, value);
    const { step } = this;
    const at = start + this.at;
    bytes[at] = integer;
    bytes[at + step] = integer >> 8;
    bytes[at + 2 * step] = integer >> 16;
    bytes[at + 3 * step] = integer >> 24;
  }
}

/** An integer of up to 32 bits that is not a number that fits: a bigint that does, or a refusal. */
function fromBigInt(run: Run, index: number, value: unknown): number {
  if (typeof value !== "bigint" || !isInRange(run.layout, value)) throw badInteger(run, index, value);
  return Number(value);
}

export class Int64 extends Field {
  read(bytes: Uint8Array, start: number): bigint {
    readWords(bytes, start + this.at, this.step);
    return view.getBigInt64(0, LITTLE_ENDIAN);
  }

  /** Takes a bigint or a safe integer. */
  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const { min, max } = this.run.layout;
    if (typeof value === "bigint" && min <= value && value <= max) {
      view.setBigInt64(0, value, LITTLE_ENDIAN); // an unsigned one has the same bits
    } else {
      const isNumber = typeof value === "number" && Number.isSafeInteger(value);
      if (!isNumber || (value < 0 && min === 0n)) throw badInteger(this.run, index, value);
      words[LOW] = value;
      words[HIGH] = Math.floor(value / 2 ** 32);
    }
    writeWords(bytes, start + this.at, this.step);
  }
}

export class Uint64 extends Int64 {
  override read(bytes: Uint8Array, start: number): bigint {
    readWords(bytes, start + this.at, this.step);
    return view.getBigUint64(0, LITTLE_ENDIAN);
  }
}

export class Float16 extends Field {
  read(bytes: Uint8Array, start: number): number {
    return fromHalfBits(read16(bytes, start + this.at, this.step));
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const bits = toHalfBits(toFloat(this.run, index, value));
    if (bits === undefined) throw tooLarge(this.run, index, value);
    write16(bytes, start + this.at, this.step, bits);
  }
}

export class Float32 extends Field {
  read(bytes: Uint8Array, start: number): number {
    words[0] = read32(bytes, start + this.at, this.step);
    return float32[0] as number;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const double = toFloat(this.run, index, value);
    float32[0] = double;
    if (Math.abs(float32[0]) === Infinity && Math.abs(double) !== Infinity)
      throw tooLarge(this.run, index, value);
    write32(bytes, start + this.at, this.step, words[0] as number);
  }
}

export class Float64 extends Field {
  read(bytes: Uint8Array, start: number): number {
    readWords(bytes, start + this.at, this.step);
    return float64[0] as number;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    float64[0] = toFloat(this.run, index, value);
    writeWords(bytes, start + this.at, this.step);
  }
}

function toFloat(run: Run, index: number, value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" && Number.isFinite(Number(value))) return Number(value);
  throw badValue(run, index, value, `required argument is not a float, which '${run.code}' packs`);
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
