/**
 * Exercise 1.3 · Split a stream
 *
 * TCP carries a stream of bytes and knows nothing about requests. Three requests may arrive in one chunk, or one request
 * in three chunks. Find the requests in the stream by hand, without `Connection`.
 *
 * ```text
 *   sent        04 00 00 00 02 00 03 00 53 55 4D 41  05 00 00 00 09 00 04 00 52 45 53 54 41
 *               └ SUMA 2 3 ───────────────────────┘  └ RESTA 9 4 ─────────────────────────┘
 *
 *   received    04 00 00 00 02 00 │ 03 00 53 55 4D 41 05 00 │ 00 00 09 00 04 00 52 45 53 54 41
 *               chunk 1           │ chunk 2                 │ chunk 3
 *
 *   push(chunk 1)  →  []                  not even the eight bytes of the header are there
 *   push(chunk 2)  →  [SUMA 2 3]          and two bytes that belong to the next request
 *   push(chunk 3)  →  [RESTA 9 4]
 * ```
 *
 * Then connect it to a socket, with `onRequest`: every socket is a stream of its own. You may trust the length here. The
 * lesson's server does not, because a stranger could send a length of two billion.
 *
 * Check it: `npm run exercises 1.3`. Stuck? `npm run exercises hint 1.3`
 *
 * @module
 */

import type { Socket } from "node:net";

/** Finds the requests in a stream of bytes. */
export class RequestSplitter {
  /**
   * Takes the bytes that have just arrived.
   *
   * @param chunk - the next bytes of the stream, at least one
   * @returns the requests that are complete now, in order, each with its header; often none, sometimes many
   */
  push(chunk: Uint8Array): Uint8Array[] {
    // Treats each chunk as one request. It even works, as long as the network is kind.
    return [chunk];
  }
}

/**
 * Finds the requests that arrive on a socket.
 *
 * @param socket - a client's
 * @param handle - is called with each request, as soon as it is complete
 */
export function onRequest(socket: Socket, handle: (request: Uint8Array) => void): void {
  throw new Error(`not written yet: onRequest(${socket.remoteAddress}, ${handle.name})`);
}
