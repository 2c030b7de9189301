/**
 * Exercise 0.2 · Check an answer: our solution.
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
  if (answer.length !== TEST_PACKET.size) return "wrong";
  const [answeredId, answeredSequence] = TEST_PACKET.unpack(answer);
  // The id before the sequence: another client's old answer is wrong, not late.
  if (answeredId !== id) return "wrong";
  if (answeredSequence < sequence) return "late";
  if (answeredSequence > sequence) return "early";
  return "alive";
}
