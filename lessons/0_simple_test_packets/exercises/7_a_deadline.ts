/**
 * Exercise 0.7 · A deadline
 *
 * A client that stays connected and says nothing costs a server memory for as long as it likes. Give its answer a
 * deadline: one moment for the whole answer.
 *
 * ```text
 *   timeout 3 s     0 s         1 s         2 s         3 s
 *                   │ ────────── 8 bytes                            resolves with them
 *                   │                                    ✗           closes the socket, rejects
 *                   │ ─ 1 byte ─── 1 byte ─── 1 byte ─── ✗           the same: the deadline does not move
 * ```
 *
 * Stop the timer when the answer is there: if it went off later, it would close a client that did nothing wrong. When the
 * client leaves, reject at once. The server calls this function for every answer, so remove your listeners: otherwise there
 * are a thousand of them after a thousand answers. (The server listens to the socket's "error" too, so an error between two
 * calls crashes nothing.)
 *
 * Check it: `npm run exercises 0.7`. Stuck? `npm run exercises hint 0.7`
 *
 * @module
 */

import type { Socket } from "node:net";

/**
 * Reads an answer that has to arrive in time.
 *
 * @param socket - the client's; nobody else reads from it
 * @param size - how many bytes the answer has; a client sends no more than that
 * @param timeout - how long the whole answer may take from now on, in milliseconds
 * @returns the answer
 * @throws Error if it does not arrive in time, and then the socket is destroyed; or if the client leaves before that
 */
export function readAnswer(socket: Socket, size: number, timeout: number): Promise<Uint8Array> {
  throw new Error(`not written yet: readAnswer from ${socket.remoteAddress}, ${size} bytes in ${timeout} ms`);
}
