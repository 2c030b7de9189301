/** Values that are bytes, of the codes `c`, `s` and `p`, and the zeros that pad. */

import { Codec } from "./codec.ts";
import { badValue, isBytes } from "./errors.ts";

/** A `c`. */
export class Char extends Codec {
  read(bytes: Uint8Array, start: number): Uint8Array {
    return copy(bytes, start + this.at, 1);
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    if (!isBytes(value) || value.length !== 1) {
      throw badValue(this.run, index, value, "'c' format requires a Uint8Array of length 1");
    }
    bytes[start + this.at] = value[0] as number;
  }
}

/** An `s`, cut or filled up with zeros to its count. */
export class Text extends Codec {
  read(bytes: Uint8Array, start: number): Uint8Array {
    return copy(bytes, start + this.at, this.run.count);
  }

  write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const at = start + this.at;
    this.fill(bytes, at, at + this.run.count, value, index);
  }

  /** Writes the value and zeros up to `end`. Returns the length of the value. */
  protected fill(bytes: Uint8Array, at: number, end: number, value: unknown, index: number): number {
    const { run } = this;
    if (!isBytes(value)) throw badValue(run, index, value, `'${run.code}' format requires a Uint8Array`);
    const room = end - at;
    const { length } = value;
    // Copy the value before anything else is written, because it may be a view of the very bytes that are written to.
    bytes.set(length > room ? value.subarray(0, room) : value, at);
    zero(bytes, at + length, end);
    return length;
  }
}

/** A `p`, an `s` that starts with a byte for its length. */
export class Pascal extends Text {
  override read(bytes: Uint8Array, start: number): Uint8Array {
    const { count } = this.run;
    const at = start + this.at;
    // The sender chose the length byte, so it is limited to the field.
    return count === 0 ? new Uint8Array(0) : copy(bytes, at + 1, Math.min(bytes[at] as number, count - 1));
  }

  override write(bytes: Uint8Array, start: number, value: unknown, index: number): void {
    const { count } = this.run;
    const at = start + this.at;
    if (count === 0) super.write(bytes, start, value, index);
    else bytes[at] = Math.min(this.fill(bytes, at + 1, at + count, value, index), count - 1, 255);
  }
}

/** Pad bytes, which have no value. */
export class Pad extends Codec {
  read(): never {
    throw new Error("pad bytes have no value");
  }

  write(bytes: Uint8Array, start: number): void {
    const at = start + this.at;
    zero(bytes, at, at + this.run.count);
  }
}

/** Fills `start` to `end` with zeros. */
function zero(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) bytes[at] = 0;
}

/** A plain copy: `slice` of a Node `Buffer` would be a view, which changes when the buffer does. */
function copy(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const result = new Uint8Array(length);
  // A short loop is cheaper than making a view for `set` to copy from.
  if (length > 64) result.set(bytes.subarray(start, start + length));
  else for (let at = 0; at < length; at++) result[at] = bytes[start + at] as number;
  return result;
}
