/**
 * Exercise 2.1 · Pack a position
 *
 * A position says who is where. Unlike ids, x and y may be negative. One pair of them is special: it means that the client
 * has left. Pack a position by hand, and find out whether a position says that. Use no Struct and no DataView, only bytes.
 *
 * ```text
 *   offset   0             4       6       8
 *            ┌─────────────┬───────┬───────┐
 *            │ id          │ x     │ y     │      format "<ihh": an integer of four bytes and two of two bytes,
 *            │ int         │ short │ short │      the lowest byte of each first
 *            └─────────────┴───────┴───────┘
 *   bytes      03 00 00 00   0C 00   07 00         client 3 is at 12 7
 *              2C 01 00 00   2C 01   FF FF         client 300 is at 300 −1
 *              03 00 00 00   00 80   00 80         client 3 has left: x and y are both −32768
 * ```
 *
 * Two bytes count from 0 to 65535. A short uses the upper half of that for its negative numbers: −1 is packed as
 * 65536 − 1 = 0xFFFF, −2 as 0xFFFE, and so on down to −32768, which is 0x8000. This is called two's complement.
 *
 * Check it: `npm run exercises 2.1`. Stuck? `npm run exercises hint 2.1`
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
  throw new Error(`not written yet: packPosition(${id}, ${x}, ${y})`);
}

/**
 * Finds out whether a position says that its client has left.
 *
 * @param position - its eight bytes
 * @returns true if it is nowhere: x and y are both −32768
 */
export function hasLeft(position: Uint8Array): boolean {
  throw new Error(`not written yet: hasLeft, of ${position.length} bytes`);
}
