/**
 * Exercise 0.2 · Check an answer
 *
 * The server has sent a test packet and got bytes back. Say what they mean. The sequence makes this possible: without
 * it, an answer to the previous test and an answer to this one would be the same bytes.
 *
 * ```text
 *   we sent      03 00 00 00   05 00 00 00     client 3, test 5
 *
 *   came back    03 00 00 00   05 00 00 00     "alive"   the same
 *                03 00 00 00   04 00 00 00     "late"    an answer to an older test of this client
 *                03 00 00 00   06 00 00 00     "early"   an answer to a test that has not been sent yet
 *                02 00 00 00   05 00 00 00     "wrong"   another client's id
 *                03 00 00 00   05 00           "wrong"   not even a packet
 * ```
 *
 * Check it: `npm run exercises 0.2`. Stuck? `npm run exercises hint 0.2`
 *
 * @module
 */

import { TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";

/** What an answer means. */
export type Verdict = "alive" | "late" | "early" | "wrong";

/**
 * Says what an answer means.
 *
 * @param answer - the bytes that came back, however many
 * @param id - the id that we sent
 * @param sequence - the sequence that we sent
 * @returns the verdict
 */
export function checkAnswer(answer: Uint8Array, id: number, sequence: number): Verdict {
  throw new Error(
    `not written yet: checkAnswer(${answer.length} of ${TEST_PACKET.size} bytes, ${id}, ${sequence})`,
  );
}
