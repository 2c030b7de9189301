/**
 * Lesson 0 · the packet.
 *
 * A protocol is an agreement about bytes. This lesson's fits in one line: the server sends a client a test
 * packet, and the client sends the same eight bytes back. If it does, it is alive.
 *
 * ```text
 *   offset   0             4             8
 *            ┌─────────────┬─────────────┐
 *            │ id          │ sequence    │      format "<ii"
 *            │ int, 4 bytes│ int, 4 bytes│      8 bytes
 *            └─────────────┴─────────────┘
 *   bytes      03 00 00 00   01 00 00 00         client 3, its first test
 * ```
 *
 * `<` means little-endian: the lowest byte of a number travels first, so 3 is `03 00 00 00`. Each `i` is an
 * integer of four bytes. Both sides import this file, so they can't disagree.
 *
 * @module
 */

import type { PacketDescription } from "../../src/packets.ts";
import { Struct } from "../../src/struct.ts";

/**
 * The test packet, the same in both directions.
 *
 * - `id`: the number that the server gave this client when it connected
 * - `sequence`: the number of the test: 1, 2, 3, …; it distinguishes the answer to this test from a late answer to an
 *   older one
 */
export const TEST_PACKET = new Struct("<ii");

/** The largest sequence that fits: an `i` holds up to 2,147,483,647. With a test every second, that takes 68 years. */
export const LAST_SEQUENCE = 2 ** 31 - 1;

/**
 * Counts the tests of a client.
 *
 * @param sequence - of the last test
 * @returns the sequence of the next one: 1 more, or 1 again after {@link LAST_SEQUENCE}
 */
export function nextSequence(sequence: number): number {
  return sequence === LAST_SEQUENCE ? 1 : sequence + 1;
}

/** The packets, described for everything that draws or explains them, such as `--bytes`. */
export const PACKETS: readonly PacketDescription[] = [
  {
    name: "test",
    from: "server",
    format: TEST_PACKET.format,
    fields: ["id", "sequence"],
    meaning: "id {id} sequence {sequence}",
    example: { id: 3, sequence: 1 },
  },
  {
    name: "answer",
    from: "client",
    format: TEST_PACKET.format,
    fields: ["id", "sequence"],
    meaning: "id {id} sequence {sequence}",
    example: { id: 3, sequence: 1 },
  },
];
