/**
 * Exercise 0.1 · Pack a test packet: our solution.
 *
 * @module
 */

/**
 * Packs a test packet.
 *
 * @param id - the client's id
 * @param sequence - which test it is
 * @returns eight bytes
 */
export function packTestPacket(id: number, sequence: number): Uint8Array {
  return Uint8Array.of(...packInt(id), ...packInt(sequence));
}

/**
 * The four bytes of an integer, the lowest first. A Uint8Array keeps only the lowest byte of what it is given, so
 * the `& 0xff` could be left out; with it, the reader need not know that.
 */
function packInt(number: number): number[] {
  return [number & 0xff, (number >> 8) & 0xff, (number >> 16) & 0xff, (number >> 24) & 0xff];
}
