/** Formats of many values, which are read and written in loops, and formats with pad bytes. */

import { countIsLength } from "./codes.ts";
import type { Field } from "./field.ts";
import type { Fields } from "./program.ts";
import type { StructValue } from "./types.ts";

export class Many implements Fields {
  private readonly fields: readonly Field[];
  private readonly length: number;

  constructor(fields: readonly Field[], length: number) {
    this.fields = fields;
    this.length = length;
  }

  read(bytes: Uint8Array, start: number): StructValue[] {
    const values: StructValue[] = new Array(this.length);
    let index = 0;
    for (const field of this.fields) {
      const { layout, count } = field.run;
      const { size } = layout;
      const end = index + (countIsLength(layout) ? 1 : count);
      for (let at = start; index < end; index++, at += size) values[index] = field.read(bytes, at);
    }
    return values;
  }

  write(bytes: Uint8Array, start: number, values: readonly unknown[]): void {
    let index = 0;
    for (const field of this.fields) {
      const { layout, count } = field.run;
      const { size } = layout;
      const end = index + (countIsLength(layout) ? 1 : count);
      for (let at = start; index < end; index++, at += size) field.write(bytes, at, values[index], index);
    }
  }
}

function valuesOf({ run }: Field): number {
  return countIsLength(run.layout) ? 1 : run.count;
}

/** Values between pad bytes, which are written first. */
export class Padded implements Fields {
  private readonly pads: readonly Field[];
  private readonly values: Fields;

  constructor(pads: readonly Field[], values: Fields) {
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
