/** One place in a format, e.g. each of the three codes of `<ihh`. */

import type { Run } from "./compiled_format.ts";
import type { StructValue } from "./types.ts";

/**
 * Reads and writes a value. Each kind of value has a class of its own, because engines can tell from the class which
 * method a call reaches, and inline it. With closures they do that less often.
 */
export abstract class Codec {
  readonly run: Run;
  /** The offset in the struct of the first value's least significant byte. */
  protected readonly at: number;
  /** From one byte of a value to the next more significant one. */
  protected readonly step: number;

  constructor(run: Run) {
    this.run = run;
    this.at = run.first;
    this.step = run.step;
  }

  /**
   * Reads the first value of the struct that starts at `start`. To read the next one, move `start` on by a value's
   * size.
   */
  abstract read(bytes: Uint8Array, start: number): StructValue;

  /** Writes it. `index`, its place among all values, is for the error message if it does not fit. */
  abstract write(bytes: Uint8Array, start: number, value: unknown, index: number): void;
}
