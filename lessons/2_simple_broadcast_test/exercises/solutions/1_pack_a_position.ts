/**
 * Exercise 2.1 · Pack a position: our solution.
 *
 * @module
 */

/**
 * Packs a position.
 *
 * @param id - the client's id
 * @param x - where it is, −32768 … 32767
 * @param y - the same
 * @returns eight bytes
 */
export function packPosition(id: number, x: number, y: number): Uint8Array {
  // `>>` and `&` work on the bits of two's complement: −1 >> 8 is −1, and −1 & 0xff is 255. So there is no case for
  // negative numbers. A Uint8Array keeps the lowest eight bits of a number, so the `& 0xff` can even be left out.
  return Uint8Array.of(id, id >> 8, id >> 16, id >> 24, x, x >> 8, y, y >> 8);
}

/**
 * Tells whether a position says that its client has left.
 *
 * @param position - its eight bytes
 * @returns true if it is nowhere: x and y are both −32768
 */
export function hasLeft(position: Uint8Array): boolean {
  // Both, and every byte of both: a client may well be at −32768 5.
  const [, , , , xLow, xHigh, yLow, yHigh] = position;
  return xLow === 0x00 && xHigh === 0x80 && yLow === 0x00 && yHigh === 0x80;
}
