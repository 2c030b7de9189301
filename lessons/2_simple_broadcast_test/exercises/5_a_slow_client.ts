/**
 * Exercise 2.5 · A slow client
 *
 * A client that does not read must not hold anyone up, and must not fill the server's memory. Write the outbox that
 * stands between the server and one such client. While there is room, it writes a position at once. While there is
 * none, it keeps only the newest position of each client, and sends them as soon as there is room again. In the server
 * of exercise 2.4 each client would have an outbox, and you would call `outbox.put(id, position)` instead of
 * `socket.write(position)`.
 *
 * ```text
 *   put(3, 3 at 5 5)     write → true                    room: it is on its way
 *   put(3, 3 at 6 5)     write → false                   it is on its way too, but now there is no room
 *   put(7, 7 at 1 1)                    kept: 7 at 1 1
 *   put(3, 3 at 7 5)                    kept: 7 at 1 1, 3 at 7 5
 *   put(7, 7 at 2 1)                    kept: 7 at 2 1, 3 at 7 5      1 1 is old: nobody needs it
 *   "drain"              write, write                    room again: it sends what it kept, and keeps nothing
 * ```
 *
 * The `write` of a stream returns whether there is room for more. After it has returned `false`, the stream emits "drain"
 * once there is room again. If you write in between anyway, the stream keeps everything in memory, without any limit. This
 * class is there to avoid that mistake. While you send what was kept, `write` may return `false` again.
 *
 * Check it: `npm run exercises 2.5`. Stuck? `npm run exercises hint 2.5`
 *
 * @module
 */

import type { Writable } from "node:stream";

/** The positions that one client still has to be told. */
export class Outbox {
  /** @param stream - the client's socket, or any stream */
  constructor(stream: Writable) {
    throw new Error(`not written yet: the constructor (${stream.writable})`);
  }

  /**
   * Sends a position, at once or when there is room. It does not wait.
   *
   * @param id - whose position it is
   * @param position - its eight bytes; nobody changes them
   */
  put(id: number, position: Uint8Array): void {
    throw new Error(`not written yet: put(${id}, ${position.length} bytes)`);
  }

  /** How many positions are kept. */
  get size(): number {
    throw new Error("not written yet: size");
  }
}
