/** What stands at one place in a format, e.g. each of the three codes of `<ihh`. */

import type { Run } from "./compiled_format.ts";
import type { StructValue } from "./types.ts";

/**
 * Reads and writes a value. Each kind of value has a class of its own: engines see from the class which method a call
 * calls, and compile it into the caller. With closures they do so less often.
 */
export abstract class Codec {
  readonly run: Run;
  /** How far into the struct the least significant byte of the first value is. */
  protected readonly at: number;
  /** From one byte of a value to the next more significant one. */
  protected readonly step: number;

  constructor(run: Run) {
    this.run = run;
    this.at = run.first;
    this.step = run.step;
  }

  /** Reads the first value of the struct that starts at `start`. For the next one, the start is that much further on. */
  abstract read(bytes: Uint8Array, start: number): StructValue;

  /** Writes it; `index`, the place among all values, is for the message if it does not fit. */
  abstract write(bytes: Uint8Array, start: number, value: unknown, index: number): void;
}
