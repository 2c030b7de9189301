/**
 * Exercise 0.5 · Whole packets: our solution.
 *
 * @module
 */

import type { Socket } from "node:net";

/** Gives out the bytes of a socket in exactly the numbers asked for. */
export class PacketReader {
  /** What has arrived and was not given out yet. */
  #unread: Uint8Array = new Uint8Array(0);
  /** Why no more bytes will come. */
  #end: Error | undefined;
  /** Wakes the read that waits, if there is one. */
  #wake = () => {};

  /** @param socket - connected */
  constructor(socket: Socket) {
    socket.on("data", (chunk) => {
      this.#unread = Buffer.concat([this.#unread, chunk]);
      this.#wake();
    });
    socket.on("end", () => this.#stop(new Error("the other side has ended")));
    socket.on("error", (error) => this.#stop(error));
    // A socket that this side destroys has neither an end nor an error.
    socket.on("close", () => this.#stop(new Error("the connection is closed")));
  }

  #stop(why: Error): void {
    this.#end ??= why;
    this.#wake();
  }

  /**
   * Waits for bytes.
   *
   * @param count - how many, at least one
   * @returns exactly that many, the oldest that were not given out yet
   * @throws Error if the connection ends or fails before there are that many
   */
  async read(count: number): Promise<Uint8Array> {
    // A loop and not an `if`: the next chunk may still not be enough.
    while (this.#unread.length < count) {
      if (this.#end) throw this.#end;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const bytes = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return bytes;
  }
}
