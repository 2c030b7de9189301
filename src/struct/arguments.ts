/**
 * What is checked before anything is packed or unpacked: the number of values, the bytes and the offset.
 *
 * The functions and the class call a check and then the codecs, each by itself. A function that did both would be one
 * more call between them and the numbers, and engines inline only a few calls deep: Bun's would no longer get there.
 */

import type { CompiledFormat } from "./compiled_format.ts";
import { badOffset, isBytes, StructError, show } from "./errors.ts";
import type { StructValue } from "./types.ts";

/** No engine allocates more than this at once, so a larger size is refused first. */
const MAX_PACKED = 2 ** 32 - 1;

/** New bytes for all of the values. */
export function makeRoom(compiled: CompiledFormat, values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  checkLength(compiled, values);
  if (compiled.size > MAX_PACKED) {
    throw new StructError(`${show(compiled.format)} takes ${compiled.size} bytes, too many to pack at once`);
  }
  return new Uint8Array(compiled.size);
}

export function checkLength(compiled: CompiledFormat, values: readonly unknown[]): void {
  if (values.length === compiled.length) return;
  throw new StructError(
    `pack expected ${compiled.length} items for packing ${show(compiled.format)} (got ${values.length})`,
  );
}

/** Throws unless there are exactly as many bytes as the format takes. */
export function checkWhole(compiled: CompiledFormat, bytes: Uint8Array): void {
  checkBytes(compiled, bytes);
  if (bytes.length === compiled.size) return;
  throw new StructError(
    `unpack requires a buffer of ${compiled.size} bytes for ${show(compiled.format)}, not of ${bytes.length}`,
  );
}

/** The offset from the start of the bytes. Throws unless it is valid and leaves room for the whole format. */
export function startAt(
  compiled: CompiledFormat,
  bytes: Uint8Array,
  offset: number,
  verb: "pack" | "unpack",
): number {
  checkBytes(compiled, bytes);
  if (offset >>> 0 === offset && offset + compiled.size <= bytes.length) return offset;
  if (Number.isInteger(offset) && offset < 0 && offset >= -bytes.length && offset + compiled.size <= 0) {
    return bytes.length + offset;
  }
  throw badOffset(compiled, bytes, offset, verb);
}

/** Unpacks one piece after another. What is refused, it refuses at once. */
export function unpackEach(compiled: CompiledFormat, bytes: Uint8Array): IterableIterator<StructValue[]> {
  checkBytes(compiled, bytes);
  if (compiled.size === 0) {
    throw new StructError(`cannot iteratively unpack with a struct of length 0, ${show(compiled.format)}`);
  }
  if (bytes.length % compiled.size !== 0) {
    throw new StructError(
      `iterative unpacking requires a buffer of a multiple of ${compiled.size} bytes for ${show(compiled.format)}, not ${bytes.length}`,
    );
  }
  return generatePieces(compiled, bytes, bytes.length);
}

function* generatePieces(compiled: CompiledFormat, bytes: Uint8Array, end: number): Generator<StructValue[]> {
  for (let start = 0; start < end; start += compiled.size) yield compiled.codecs.read(bytes, start);
}

function checkBytes(compiled: CompiledFormat, bytes: Uint8Array): void {
  if (isBytes(bytes)) return;
  throw new StructError(`the bytes of ${show(compiled.format)} are a Uint8Array, not ${show(bytes)}`);
}
