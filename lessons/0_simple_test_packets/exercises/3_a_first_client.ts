/**
 * Exercise 0.3 · A first client
 *
 * Write a client with Node's own `connect`: it waits for the server's test packet, answers it, and leaves.
 *
 * ```text
 *   server                                  your client
 *     │  ◀───────── connects ────────────────  │
 *     │  ── 03 00 00 00  01 00 00 00 ───────▶  │      test 1 of client 3
 *     │  ◀─ 03 00 00 00  01 00 00 00 ────────  │      the same eight bytes
 *     │  ◀───────── ends ────────────────────  │      resolves with the sequence, 1
 * ```
 *
 * A socket reports what happens to it with events: `"data"` when bytes have arrived, `"end"` when the server will send
 * nothing more, `"error"` when the connection has failed. An `"error"` without a listener crashes the whole process. Assume
 * that the eight bytes arrive in one chunk. TCP does not promise that, and exercise 0.5 does without it.
 *
 * Check it: `npm run exercises 0.3`. Stuck? `npm run exercises hint 0.3`
 *
 * @module
 */

import { connect } from "node:net";
import { TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";

/**
 * Connects to a server on this machine, answers its first test, and ends the connection.
 *
 * @param port - where the server listens, on 127.0.0.1
 * @returns the sequence of the test
 * @throws Error if nobody listens there, or if the server ends before it has sent a test
 */
export function answerOneTest(port: number): Promise<number> {
  throw new Error(`not written yet: answerOneTest(${port}), with ${connect.name} and ${TEST_PACKET.format}`);
}
