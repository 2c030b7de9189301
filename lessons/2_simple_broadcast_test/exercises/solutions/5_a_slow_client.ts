/**
 * Exercise 2.5 · A slow client: our solution.
 *
 * @module
 */

import type { Writable } from "node:stream";

/** The positions that one client still has to be told. */
export class Outbox {
  readonly #stream: Writable;
  #newest = new Map<number, Uint8Array>();
  #hasRoom = true;

  /** @param stream - the client's socket, or any stream */
  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("drain", () => this.#sendKept());
  }

  /**
   * Sends a position, at once or when there is room. It does not wait.
   *
   * @param id - whose position it is
   * @param position - its eight bytes; nobody changes them
   */
  put(id: number, position: Uint8Array): void {
    if (this.#hasRoom) this.#hasRoom = this.#stream.write(position);
    else this.#newest.set(id, position);
  }

  /** How many positions are kept. */
  get size(): number {
    return this.#newest.size;
  }

  #sendKept(): void {
    this.#hasRoom = true;
    const kept = this.#newest;
    this.#newest = new Map();
    // What there is no room for is kept once more.
    for (const [id, position] of kept) this.put(id, position);
  }
}
