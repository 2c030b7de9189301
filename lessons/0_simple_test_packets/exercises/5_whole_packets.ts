/**
 * Exercise 0.5 · Whole packets
 *
 * TCP carries bytes and knows nothing about packets. Eight bytes may arrive as 3 and then 5, or together with the next
 * eight. Write a reader that gives out exactly as many bytes as it is asked for, whatever chunks they arrived in.
 *
 * ```text
 *   chunks        03 00 00 │ 00 01 00 00 00 03 00 │ 00 00 02 00 00 00
 *
 *   read(8)  →    03 00 00 00 01 00 00 00             after the second chunk; two bytes are left over
 *   read(8)  →    03 00 00 00 02 00 00 00             after the third
 *   read(8)  →    rejects                             when the other side has ended
 * ```
 *
 * There is one read at a time: the caller waits for each one before it asks again. A read must not wait forever. When the
 * connection has ended or failed, or this side has closed it, the read rejects, and so does each one after it. Bytes that
 * arrived before the end still count.
 *
 * Check it: `npm run exercises 0.5`. Stuck? `npm run exercises hint 0.5`
 *
 * @module
 */

import type { Socket } from "node:net";

/** Gives out the bytes of a socket in exactly the numbers asked for. */
export class PacketReader {
  /** @param socket - connected */
  constructor(socket: Socket) {
    socket.on("data", (chunk) => {
      throw new Error(`not written yet: ${chunk.length} bytes came`);
    });
  }

  /**
   * Waits for bytes.
   *
   * @param count - how many, at least one
   * @returns exactly that many: the oldest that were not given out yet
   * @throws Error if the connection ends or fails before there are that many
   */
  async read(count: number): Promise<Uint8Array> {
    throw new Error(`not written yet: read(${count})`);
  }
}
