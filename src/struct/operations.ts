/** What the functions and the class do with a compiled format: check the arguments, then pack or unpack. */

import type { CompiledFormat } from "./compiled_format.ts";
import { checkBytes, checkLength, StructError, show, startAt } from "./errors.ts";
import type { StructValue } from "./types.ts";

/** No engine allocates more than this at once, so a larger size is refused first. */
const MAX_PACKED = 2 ** 32 - 1;

export function pack(compiled: CompiledFormat, values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  checkLength(compiled, values);
  if (compiled.size > MAX_PACKED) {
    throw new StructError(`${show(compiled.format)} takes ${compiled.size} bytes, too many to pack at once`);
  }
  const bytes = new Uint8Array(compiled.size);
  compiled.codecs.write(bytes, 0, values);
  return bytes;
}

export function packInto(
  compiled: CompiledFormat,
  bytes: Uint8Array,
  offset: number,
  values: readonly unknown[],
): void {
  checkLength(compiled, values);
  checkBytes(compiled, bytes);
  compiled.codecs.write(bytes, startAt(compiled, bytes, offset, "pack"), values);
}

export function unpack(compiled: CompiledFormat, bytes: Uint8Array): StructValue[] {
  checkBytes(compiled, bytes);
  if (bytes.length !== compiled.size) {
    throw new StructError(
      `unpack requires a buffer of ${compiled.size} bytes for ${show(compiled.format)}, not of ${bytes.length}`,
    );
  }
  return compiled.codecs.read(bytes, 0);
}

export function unpackFrom(compiled: CompiledFormat, bytes: Uint8Array, offset: number): StructValue[] {
  checkBytes(compiled, bytes);
  return compiled.codecs.read(bytes, startAt(compiled, bytes, offset, "unpack"));
}

export function iterUnpack(compiled: CompiledFormat, bytes: Uint8Array): IterableIterator<StructValue[]> {
  checkBytes(compiled, bytes);
  if (compiled.size === 0) {
    throw new StructError(`cannot iteratively unpack with a struct of length 0, ${show(compiled.format)}`);
  }
  if (bytes.length % compiled.size !== 0) {
    throw new StructError(
      `iterative unpacking requires a buffer of a multiple of ${compiled.size} bytes for ${show(compiled.format)}, not ${bytes.length}`,
    );
  }
  return unpackEach(compiled, bytes, bytes.length);
}

function* unpackEach(compiled: CompiledFormat, bytes: Uint8Array, end: number): Generator<StructValue[]> {
  for (let start = 0; start < end; start += compiled.size) yield compiled.codecs.read(bytes, start);
}
