/** Formats of many values, which are read and written in loops, and formats with pad bytes. */

import type { Codec } from "./codec.ts";
import { countIsLength } from "./codes.ts";
import type { Codecs, Run } from "./compiled_format.ts";
import {
  read16,
  read32,
  readFloat32,
  readFloat64,
  readInt64,
  readUint64,
  singleBits,
  toFloat,
  toInt8,
  toInt16,
  toInt32,
  toUint8,
  toUint16,
  toUint32,
  write16,
  write32,
  write64,
  writeFloat64,
} from "./numbers.ts";
import type { StructValue } from "./types.ts";

/**
 * Values of many codecs, run by run. Most numbers have a loop of their own: in a common loop, a program that uses
 * several kinds would have to look up for every value what to call. Cases are tried in turn, so the most common come
 * first.
 */
export class Many implements Codecs {
  private readonly runs: readonly Run[];
  private readonly codecs: readonly Codec[];
  private readonly length: number;

  constructor(runs: readonly Run[], codecs: readonly Codec[], length: number) {
    this.runs = runs;
    this.codecs = codecs;
    this.length = length;
  }

  read(bytes: Uint8Array, start: number): StructValue[] {
    const values: StructValue[] = new Array(this.length);
    let index = 0;
    for (let nth = 0; nth < this.runs.length; nth++) {
      const run = this.runs[nth] as Run;
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
        case "int8":
          for (; index < end; index++, at++) values[index] = ((bytes[at] as number) << 24) >> 24;
          break;
        case "float32":
          for (; index < end; index++, at += 4) values[index] = readFloat32(bytes, at, step);
          break;
        default:
          index = this.readOthers(nth, bytes, start, values, index);
      }
    }
    return values;
  }

  write(bytes: Uint8Array, start: number, values: readonly unknown[]): void {
    let index = 0;
    for (let nth = 0; nth < this.runs.length; nth++) {
      const run = this.runs[nth] as Run;
      const { step } = run;
      const end = index + run.count;
      let at = start + run.first;
      switch (run.layout.kind) {
        case "uint8":
          for (; index < end; index++, at++) bytes[at] = toUint8(run, index, values[index]);
          break;
        case "int32":
          for (; index < end; index++, at += 4) write32(bytes, at, step, toInt32(run, index, values[index]));
          break;
        case "int16":
          for (; index < end; index++, at += 2) write16(bytes, at, step, toInt16(run, index, values[index]));
          break;
        case "float64":
          for (; index < end; index++, at += 8)
            writeFloat64(bytes, at, step, toFloat(run, index, values[index]));
          break;
        case "int64":
        case "uint64":
          for (; index < end; index++, at += 8) write64(run, index, values[index], bytes, at);
          break;
        case "uint16":
          for (; index < end; index++, at += 2) write16(bytes, at, step, toUint16(run, index, values[index]));
          break;
        case "uint32":
          for (; index < end; index++, at += 4) write32(bytes, at, step, toUint32(run, index, values[index]));
          break;
        case "int8":
          for (; index < end; index++, at++) bytes[at] = toInt8(run, index, values[index]);
          break;
        case "float32":
          for (; index < end; index++, at += 4)
            write32(bytes, at, step, singleBits(run, index, values[index]));
          break;
        default:
          index = this.writeOthers(nth, bytes, start, values, index);
      }
    }
  }

  /** Reads a run of a kind that has no loop of its own. Returns the index after it. */
  private readOthers(
    nth: number,
    bytes: Uint8Array,
    start: number,
    values: StructValue[],
    index: number,
  ): number {
    const { layout, count } = this.runs[nth] as Run;
    const codec = this.codecs[nth] as Codec;
    const end = index + (countIsLength(layout) ? 1 : count);
    for (let at = start; index < end; index++, at += layout.size) values[index] = codec.read(bytes, at);
    return end;
  }

  /** Writes such a run. */
  private writeOthers(
    nth: number,
    bytes: Uint8Array,
    start: number,
    values: readonly unknown[],
    index: number,
  ): number {
    const { layout, count } = this.runs[nth] as Run;
    const codec = this.codecs[nth] as Codec;
    const end = index + (countIsLength(layout) ? 1 : count);
    for (let at = start; index < end; index++, at += layout.size)
      codec.write(bytes, at, values[index], index);
    return end;
  }
}

/** Values between pad bytes, which are written first. */
export class Padded implements Codecs {
  private readonly pads: readonly Codec[];
  private readonly values: Codecs;

  constructor(pads: readonly Codec[], values: Codecs) {
    this.pads = pads;
    this.values = values;
  }

  read(bytes: Uint8Array, start: number): StructValue[] {
    return this.values.read(bytes, start);
  }

  write(bytes: Uint8Array, start: number, values: readonly unknown[]): void {
    for (const pad of this.pads) pad.write(bytes, start, undefined, 0);
    this.values.write(bytes, start, values);
  }
}
