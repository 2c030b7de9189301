/**
 * Exercise 2.2 · Who is where: our solution.
 *
 * @module
 */

import { isNowhere, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";

/** Where a client is. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What one client knows about all of them. */
export class Room {
  #self: number | undefined;
  readonly #places = new Map<number, Place>();
  /** The beginning of a position whose rest has not come yet. */
  #unread: Uint8Array = new Uint8Array(0);

  /**
   * Takes the bytes that have just arrived.
   *
   * @param chunk - the next bytes of the stream, at least one
   */
  push(chunk: Uint8Array): void {
    // A copy. A `subarray` of the chunk would change when the next one is put into the same memory.
    this.#unread = Buffer.concat([this.#unread, chunk]);
    while (this.#unread.length >= POSITION.size) {
      const [id, x, y] = POSITION.unpackFrom(this.#unread);
      this.#unread = this.#unread.subarray(POSITION.size);
      // Set once: later positions may be anybody's.
      this.#self ??= id;
      if (isNowhere(x, y)) this.#places.delete(id);
      else this.#places.set(id, { x, y });
    }
  }

  /** The id of this client itself; undefined until it has heard it. */
  get self(): number | undefined {
    return this.#self;
  }

  /** The ids of all who are here, itself included, in any order. */
  get ids(): number[] {
    return [...this.#places.keys()];
  }

  /**
   * Says where a client is.
   *
   * @param id - the client
   * @returns the last place that was heard of it; undefined if it has left, or never came
   */
  where(id: number): Place | undefined {
    return this.#places.get(id);
  }
}
