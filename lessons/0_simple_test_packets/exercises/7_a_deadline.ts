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
 * When the answer is there, the timer must be stopped: one that goes off later would close a client that did nothing
 * wrong. And when the client leaves, nobody should wait for the rest of the time. Every answer is a call of its own, so
 * listeners must be taken off, or after a thousand answers there are a thousand. (The server listens to the socket's
 * "error", too: between two calls, nothing goes unheard.)
 *
 * Check it: `npm run exercises 0.7`. Stuck? `npm run exercises hint 0.7`
 *
 * @module
 */

import type { Socket } from "node:net";

/**
 * Reads an answer that has to come in time.
 *
 * @param socket - the client's; nobody else reads from it
 * @param size - how many bytes the answer has; a client sends no more than that
 * @param timeout - how long the whole answer may take from now on, in milliseconds
 * @returns the answer
 * @throws Error if it does not come in time, and then the socket is destroyed; or if the client leaves before
 */
export function readAnswer(socket: Socket, size: number, timeout: number): Promise<Uint8Array> {
  throw new Error(`not written yet: readAnswer from ${socket.remoteAddress}, ${size} bytes in ${timeout} ms`);
}
