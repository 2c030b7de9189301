/**
 * Exercise 1.3 · Split a stream: our solution. `src/connection.ts` does the same for packets of any
 * kind, without copying the unread bytes each time, and with a bound.
 *
 * @module
 */

import type { Socket } from "node:net";
import { REQUEST } from "#lessons/1_simple_math_server/protocol.ts";
import { unpackFrom } from "#src/struct.ts";

/** Finds the requests in a stream of bytes. */
export class RequestSplitter {
  #unread: Uint8Array = new Uint8Array(0);

  /**
   * Takes the bytes that have just arrived.
   *
   * @param chunk - the next bytes of the stream, at least one
   * @returns the requests that are whole now, in order, each with its header; often none, sometimes many
   */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    const requests: Uint8Array[] = [];
    // A loop and not an `if`: the chunk may have brought many requests.
    while (this.#unread.length >= 4) {
      const [length] = unpackFrom("<i", this.#unread);
      const size = REQUEST.size + length;
      if (this.#unread.length < size) break;
      requests.push(this.#unread.subarray(0, size));
      this.#unread = this.#unread.subarray(size);
    }
    return requests;
  }
}

/**
 * Finds the requests that arrive on a socket.
 *
 * @param socket - a client's
 * @param handle - is called with each request, as soon as it is whole
 */
export function onRequest(socket: Socket, handle: (request: Uint8Array) => void): void {
  // Made here, once for each socket. Made in the listener it would forget; made outside, clients would share it.
  const splitter = new RequestSplitter();
  socket.on("data", (chunk) => {
    for (const request of splitter.push(chunk)) handle(request);
  });
}
