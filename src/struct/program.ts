/** What a format is compiled to. Only types: the file that makes them is compile.ts. */

import type { Layout } from "./codes.ts";
import type { StructValue } from "./types.ts";

/** Consecutive values of the same code, without a gap, e.g. the `hh` of `<ihh`. */
export interface Run {
  readonly code: string;
  readonly layout: Layout;
  /** How many values; for pad bytes, `s` and `p`, how many bytes. */
  readonly count: number;
  /** Where the least significant byte of the first value is: where the value starts or, with `>`, where it ends. */
  readonly first: number;
  /** From one byte of a value to the next more significant one: 1 or, with `>`, -1. */
  readonly step: number;
}

/** Reads all values of a format from `start` on. The caller has made sure that there are enough bytes. */
export type Read = (bytes: Uint8Array, start: number) => StructValue[];

/** Writes all values of a format from `start` on. The caller has made sure of the room and the number of values. */
export type Write = (bytes: Uint8Array, start: number, values: readonly unknown[]) => void;

/** A compiled format. */
export interface Program {
  readonly format: string;
  /** In bytes. */
  readonly size: number;
  /** How many values it packs. */
  readonly length: number;
  readonly read: Read;
  readonly write: Write;
}
