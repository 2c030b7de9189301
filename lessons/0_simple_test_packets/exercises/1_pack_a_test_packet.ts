/**
 * Exercise 0.1 · Pack a test packet
 *
 * Turn an id and a sequence into the eight bytes of a test packet, by hand: no Struct and no DataView, only an
 * array of bytes. Afterwards you know what `TEST_PACKET.pack(id, sequence)` does for you in the lesson.
 *
 * ```text
 *   offset   0             4             8
 *            ┌─────────────┬─────────────┐
 *            │ id          │ sequence    │      format "<ii": two integers of four bytes,
 *            │ int         │ int         │      the lowest byte of each first
 *            └─────────────┴─────────────┘
 *   bytes      03 00 00 00   01 00 00 00         client 3, test 1
 *              2C 01 00 00   02 01 00 00         client 300, test 258: 300 is 0x012C, 258 is 0x0102
 * ```
 *
 * Check it: `npm run exercises 0.1`. Stuck? `npm run exercises hint 0.1`
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
  throw new Error(`not written yet: packTestPacket(${id}, ${sequence})`);
}
