/** What a format is compiled to. These are only types; compile.ts makes the objects. */

import type { Layout } from "./codes.ts";
import type { StructValue } from "./types.ts";

/** Consecutive values of the same code, without a gap, e.g. the `hh` of `<ihh`. */
export interface Run {
  readonly format: string;
  readonly code: string;
  readonly layout: Layout;
  /** How many values; for pad bytes, `s` and `p`, how many bytes. */
  readonly count: number;
  /** Where the least significant byte of the first value is: where the value starts or, with `>`, where it ends. */
  readonly first: number;
  /** From one byte of a value to the next more significant one: 1 or, with `>`, -1. */
  readonly step: number;
}

/** Reads and writes all values of a format. */
export interface Codecs {
  /** Reads them from `start` on. The caller has made sure that there are enough bytes. */
  read(bytes: Uint8Array, start: number): StructValue[];
  /** Writes them from `start` on. The caller has checked the space and the number of values. */
  write(bytes: Uint8Array, start: number, values: readonly unknown[]): void;
}

/** A compiled format. */
export interface CompiledFormat {
  readonly format: string;
  /** In bytes. */
  readonly size: number;
  /** How many values it packs. */
  readonly length: number;
  readonly codecs: Codecs;
}
