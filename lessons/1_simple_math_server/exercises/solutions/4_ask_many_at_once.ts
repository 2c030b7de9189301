/**
 * Exercise 1.4 · Ask many at once: our solution.
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
  // One deadline for all: a new one for each answer would let a slow server take `timeout` many times.
  const deadline = deadlineIn(timeout);
  for (const { command, first, second } of requests) {
    await connection.write(packRequest(command, first, second), deadline);
  }
  const results: number[] = [];
  while (results.length < requests.length) {
    const [, result] = RESPONSE.unpack(await connection.read(RESPONSE.size, deadline));
    results.push(result);
  }
  return results;
}
