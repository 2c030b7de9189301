/**
 * Exercise 3.1 · Remaining length
 *
 * Every MQTT packet begins with a byte for its type, and then says how many bytes are left. That number takes one byte if
 * it is small and up to four if it is not. Each byte holds seven bits of it, the lowest first. The highest bit of a byte
 * says whether another byte follows.
 *
 * ```text
 *   number         bits, seven to a group             bytes
 *
 *           5                          0000101        05
 *         127                          1111111        7F
 *         128                0000001   0000000        80 01            80: seven bits 0, and another byte follows
 *         321                0000010   1000001        C1 02
 *   268435455   1111111 1111111 1111111 1111111       FF FF FF 7F      the largest number
 * ```
 *
 * Write it in both directions. The bytes come from a network, so the last of them may not have arrived yet. And they come
 * from a stranger: if the fourth byte says that another one follows, this isn't MQTT.
 *
 * Check it: `npm run exercises 3.1`. Stuck? `npm run exercises hint 3.1`
 *
 * @module
 */

/**
 * Encodes a remaining length.
 *
 * @param length - 0 … 268435455
 * @returns as few bytes as possible, one to four
 */
export function encodeLength(length: number): Uint8Array {
  throw new Error(`not written yet: encodeLength(${length})`);
}

/** A number, and how many bytes it took. */
export interface Decoded {
  readonly length: number;
  readonly size: number;
}

/**
 * Decodes a remaining length.
 *
 * @param bytes - what has arrived after the packet's first byte; more may follow the length
 * @returns the number and how many bytes it took; `"incomplete"` if not all of them are there; `"malformed"` if the fourth
 * byte says that another one follows
 */
export function decodeLength(bytes: Uint8Array): Decoded | "incomplete" | "malformed" {
  throw new Error(`not written yet: decodeLength, of ${bytes.length} bytes`);
}
