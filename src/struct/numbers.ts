/**
 * Numbers and truth values: how each kind is read from bytes and written to them.
 *
 * Bytes are read and written one by one, because in most engines making a DataView costs more than everything that a
 * short format needs without one. The functions that the methods call are in this file, too, because engines inline
 * calls within a file better. Bun inlines only a few calls deep. So integers of 16 and 32 bits are read and written
 * without a call, and the 8 bytes of a larger number by one.
 */

import { Codec } from "./codec.ts";
import { isInRange } from "./codes.ts";
import type { Run } from "./compiled_format.ts";
import { badInteger, badValue, tooLarge } from "./errors.ts";
import { fromHalfBits, toHalfBits } from "./half.ts";
import { scratch } from "./scratch.ts";

const { float64, float32, words, view, LITTLE_ENDIAN, LOW, HIGH } = scratch;

export class Bool extends Codec {
  read(bytes: Uint8Array, start: number): boolean {
    return bytes[start + this.at] !== 0;
  }

  write(bytes: Uint8Array, start: number, value: unknown): void {
    bytes[start + this.at] = value ? 1 : 0;
  }
}

export class Int8 extends Codec {
  read(bytes: Uint8Array, start: number): number {
    return ((bytes[start + this.at] as number) << 24) >> 24;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    bytes[start + this.at] = toInt8(this.run, index, value);
  }
}

export class Uint8 extends Codec {
  read(bytes: Uint8Array, start: number): number {
    return bytes[start + this.at] as number;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    bytes[start + this.at] = toUint8(this.run, index, value);
  }
}

export class Int16 extends Codec {
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

export class Uint16 extends Codec {
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

export class Int32 extends Codec {
  read(bytes: Uint8Array, start: number): number {
    const { step } = this;
    const at = start + this.at;
    return (
      (bytes[at] as number) |
      ((bytes[at + step] as number) << 8) |
      ((bytes[at + 2 * step] as number) << 16) |
      ((bytes[at + 3 * step] as number) << 24)
    );
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

export class Uint32 extends Codec {
  read(bytes: Uint8Array, start: number): number {
    const { step } = this;
    const at = start + this.at;
    const value =
      (bytes[at] as number) |
      ((bytes[at + step] as number) << 8) |
      ((bytes[at + 2 * step] as number) << 16) |
      ((bytes[at + 3 * step] as number) << 24);
    return value >>> 0;
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

// The same checks as in the methods above, for the loops in many.ts.

export function toInt8(run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value << 24) >> 24 === value) return value;
  return fromBigInt(run, index, value);
}

export function toUint8(run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value & 0xff) === value) return value;
  return fromBigInt(run, index, value);
}

export function toInt16(run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value << 16) >> 16 === value) return value;
  return fromBigInt(run, index, value);
}

export function toUint16(run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value & 0xffff) === value) return value;
  return fromBigInt(run, index, value);
}

export function toInt32(run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && (value | 0) === value) return value;
  return fromBigInt(run, index, value);
}

export function toUint32(run: Run, index: number, value: unknown): number {
  if (typeof value === "number" && value >>> 0 === value) return value;
  return fromBigInt(run, index, value);
}

/**
 * For an integer of up to 32 bits that is not a fitting number: accepts a bigint that fits, and refuses everything
 * else.
 */
function fromBigInt(run: Run, index: number, value: unknown): number {
  if (typeof value !== "bigint" || !isInRange(run.layout, value)) throw badInteger(run, index, value);
  return Number(value);
}

export class Int64 extends Codec {
  read(bytes: Uint8Array, start: number): bigint {
    readWords(bytes, start + this.at, this.step);
    return view.getBigInt64(0, LITTLE_ENDIAN);
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    write64(this.run, index, value, bytes, start + this.at);
  }
}

export class Uint64 extends Int64 {
  override read(bytes: Uint8Array, start: number): bigint {
    readWords(bytes, start + this.at, this.step);
    return view.getBigUint64(0, LITTLE_ENDIAN);
  }
}

export class Float16 extends Codec {
  read(bytes: Uint8Array, start: number): number {
    return fromHalfBits(read16(bytes, start + this.at, this.step));
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    write16(bytes, start + this.at, this.step, halfBits(this.run, index, value));
  }
}

export class Float32 extends Codec {
  read(bytes: Uint8Array, start: number): number {
    return readFloat32(bytes, start + this.at, this.step);
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    write32(bytes, start + this.at, this.step, singleBits(this.run, index, value));
  }
}

export class Float64 extends Codec {
  read(bytes: Uint8Array, start: number): number {
    readWords(bytes, start + this.at, this.step);
    return float64[0] as number;
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    float64[0] = typeof value === "number" ? value : toFloat(this.run, index, value);
    writeWords(bytes, start + this.at, this.step);
  }
}

export function toFloat(run: Run, index: number, value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" && Number.isFinite(Number(value))) return Number(value);
  throw badValue(run, index, value, `required argument is not a float: '${run.code}' packs a number`);
}

export function singleBits(run: Run, index: number, value: unknown): number {
  const double = toFloat(run, index, value);
  float32[0] = double;
  if (Math.abs(float32[0]) === Infinity && Math.abs(double) !== Infinity) throw tooLarge(run, index, value);
  return words[0] as number;
}

export function halfBits(run: Run, index: number, value: unknown): number {
  const bits = toHalfBits(toFloat(run, index, value));
  if (bits === undefined) throw tooLarge(run, index, value);
  return bits;
}

export function read16(bytes: Uint8Array, at: number, step: number): number {
  return (bytes[at] as number) | ((bytes[at + step] as number) << 8);
}

export function read32(bytes: Uint8Array, at: number, step: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + step] as number) << 8) |
    ((bytes[at + 2 * step] as number) << 16) |
    ((bytes[at + 3 * step] as number) << 24)
  );
}

/** Reads 8 bytes into the scratch. */
function readWords(bytes: Uint8Array, at: number, step: number): void {
  words[LOW] =
    (bytes[at] as number) |
    ((bytes[at + step] as number) << 8) |
    ((bytes[at + 2 * step] as number) << 16) |
    ((bytes[at + 3 * step] as number) << 24);
  words[HIGH] =
    (bytes[at + 4 * step] as number) |
    ((bytes[at + 5 * step] as number) << 8) |
    ((bytes[at + 6 * step] as number) << 16) |
    ((bytes[at + 7 * step] as number) << 24);
}

// A Uint8Array keeps the low 8 bits of a number, so nothing has to be masked.

export function write16(bytes: Uint8Array, at: number, step: number, value: number): void {
  bytes[at] = value;
  bytes[at + step] = value >> 8;
}

export function write32(bytes: Uint8Array, at: number, step: number, value: number): void {
  bytes[at] = value;
  bytes[at + step] = value >> 8;
  bytes[at + 2 * step] = value >> 16;
  bytes[at + 3 * step] = value >> 24;
}

/** Writes the 8 bytes of the scratch. */
function writeWords(bytes: Uint8Array, at: number, step: number): void {
  const low = words[LOW] as number;
  const high = words[HIGH] as number;
  bytes[at] = low;
  bytes[at + step] = low >> 8;
  bytes[at + 2 * step] = low >> 16;
  bytes[at + 3 * step] = low >> 24;
  bytes[at + 4 * step] = high;
  bytes[at + 5 * step] = high >> 8;
  bytes[at + 6 * step] = high >> 16;
  bytes[at + 7 * step] = high >> 24;
}

export function readInt64(bytes: Uint8Array, at: number, step: number): bigint {
  readWords(bytes, at, step);
  return view.getBigInt64(0, LITTLE_ENDIAN);
}

export function readUint64(bytes: Uint8Array, at: number, step: number): bigint {
  readWords(bytes, at, step);
  return view.getBigUint64(0, LITTLE_ENDIAN);
}

export function readFloat32(bytes: Uint8Array, at: number, step: number): number {
  words[0] = read32(bytes, at, step);
  return float32[0] as number;
}

export function readFloat64(bytes: Uint8Array, at: number, step: number): number {
  readWords(bytes, at, step);
  return float64[0] as number;
}

export function writeFloat64(bytes: Uint8Array, at: number, step: number, value: number): void {
  float64[0] = value;
  writeWords(bytes, at, step);
}

/** Writes an integer of 64 bits, from a bigint or a safe integer. */
export function write64(run: Run, index: number, value: unknown, bytes: Uint8Array, at: number): void {
  const { layout } = run;
  if (typeof value === "bigint" && layout.min <= value && value <= layout.max) {
    view.setBigInt64(0, value, LITTLE_ENDIAN); // an unsigned one has the same bits
  } else {
    const isNumber = typeof value === "number" && Number.isSafeInteger(value);
    if (!isNumber || (value < 0 && layout.min === 0n)) throw badInteger(run, index, value);
    words[LOW] = value;
    words[HIGH] = Math.floor(value / 2 ** 32);
  }
  writeWords(bytes, at, run.step);
}
