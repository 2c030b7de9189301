/** What the functions and the class do with a compiled format: check the arguments, then pack or unpack. */

import { checkBytes, checkLength, StructError, show, startAt } from "./errors.ts";
import type { Program } from "./program.ts";
import type { StructValue } from "./types.ts";

/** More than any engine allocates at once is refused before it is asked for. */
const MAX_PACKED = 2 ** 32 - 1;

export function pack(program: Program, values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  checkLength(program, values);
  if (program.size > MAX_PACKED) {
    throw new StructError(`${show(program.format)} takes ${program.size} bytes, too many to pack at once`);
  }
  const bytes = new Uint8Array(program.size);
  program.fields.write(bytes, 0, values);
  return bytes;
}

export function packInto(
  program: Program,
  bytes: Uint8Array,
  offset: number,
  values: readonly unknown[],
): void {
  checkLength(program, values);
  checkBytes(program, bytes);
  program.fields.write(bytes, startAt(program, bytes, offset, "pack"), values);
}

export function unpack(program: Program, bytes: Uint8Array): StructValue[] {
  checkBytes(program, bytes);
  if (bytes.length !== program.size) {
    throw new StructError(
      `unpack requires a buffer of ${program.size} bytes for ${show(program.format)}, not of ${bytes.length}`,
    );
  }
  return program.fields.read(bytes, 0);
}

export function unpackFrom(program: Program, bytes: Uint8Array, offset: number): StructValue[] {
  checkBytes(program, bytes);
  return program.fields.read(bytes, startAt(program, bytes, offset, "unpack"));
}

export function iterUnpack(program: Program, bytes: Uint8Array): IterableIterator<StructValue[]> {
  checkBytes(program, bytes);
  if (program.size === 0) {
    throw new StructError(`cannot iteratively unpack with a struct of length 0, ${show(program.format)}`);
  }
  if (bytes.length % program.size !== 0) {
    throw new StructError(
      `iterative unpacking requires a buffer of a multiple of ${program.size} bytes for ${show(program.format)}, not ${bytes.length}`,
    );
  }
  return unpackEach(program, bytes, bytes.length);
}

function* unpackEach(program: Program, bytes: Uint8Array, end: number): Generator<StructValue[]> {
  for (let start = 0; start < end; start += program.size) yield program.fields.read(bytes, start);
}
