/**
 * Exercise 1.4 · Ask many at once
 *
 * A client that waits for each answer before it asks again spends its time waiting for the network. It doesn't have to:
 * answers arrive in the order of the requests, so it can send all the requests first, and then read all the answers. This is
 * called pipelining.
 *
 * ```text
 *   one by one                            pipelined
 *     │ ── SUMA 2 3 ──▶      │              │ ── SUMA 2 3 ──────▶    │
 *     │      ◀── 5 ──        │              │ ── RESTA 9 4 ─────▶    │     three requests,
 *     │ ── RESTA 9 4 ──▶     │              │ ── DIVISION 7 2 ──▶    │     one way there,
 *     │      ◀── 5 ──        │              │      ◀── 5 ──          │     one way back
 *     │ ── DIVISION 7 2 ──▶  │              │      ◀── 5 ──          │
 *     │      ◀── 3.5 ──      │              │      ◀── 3.5 ──        │
 * ```
 *
 * Check it: `npm run exercises 1.4`. Stuck? `npm run exercises hint 1.4`
 *
 * @module
 */

import { packRequest, RESPONSE } from "#lessons/1_simple_math_server/protocol.ts";
import type { Connection } from "#src/connection.ts";
import { deadlineIn } from "#src/deadline.ts";

/** One request. */
export interface Request {
  readonly command: string;
  readonly first: number;
  readonly second: number;
}

/**
 * Sends all requests, then reads all answers.
 *
 * @param connection - a connection to a server of this lesson; it stays open
 * @param requests - at most a few hundred: with thousands, the answers might fill all buffers before you read one
 * @param timeout - how long it may take until the last answer has arrived, in milliseconds
 * @returns the results, in the order of the requests
 */
export async function askAll(
  connection: Connection,
  requests: readonly Request[],
  timeout: number,
): Promise<number[]> {
  // One by one: correct, but slow.
  const results: number[] = [];
  for (const { command, first, second } of requests) {
    const deadline = deadlineIn(timeout);
    await connection.write(packRequest(command, first, second), deadline);
    const [, result] = RESPONSE.unpack(await connection.read(RESPONSE.size, deadline));
    results.push(result);
  }
  return results;
}
