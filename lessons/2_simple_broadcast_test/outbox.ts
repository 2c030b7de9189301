/**
 * Lesson 2 · the outbox: what is still to be sent to a client that may be slow.
 *
 * While there is room, a position is written at once. A client that does not read has no room, and then only the newest
 * position of each other client is kept for it:
 *
 * ```text
 *   client 3 at 5 5   client 7 at 1 1   client 3 at 6 5   client 3 at 7 5   client 7 has left
 *        │                  │                 │                 │                 │
 *        └── replaced ──────┼──── by ─────────┴──── by ────▶  3: 7 5              │
 *                           └── replaced by ────────────────────────────▶  7: nowhere
 * ```
 *
 * So a slow client costs at most a position for each client, however slow it is and however much the others move; and
 * when it reads again, it is told where they are and not where they have been.
 *
 * @module
 */

import { type Connection, WRITE_LIMIT } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";

/** The positions that one client still has to be told. */
export class Outbox {
  readonly #connection: Connection;
  readonly #timeout: number;
  /**
   * How many bytes the connection has taken since its client was last fast enough: there is a little room for those who
   * are slow for a moment.
   */
  #taken = 0;
  /** What it could not take, by client: the newest position of each. */
  #newest = new Map<number, Uint8Array>();
  /** The highest id that was ever written: clients with a higher one are unknown to this client. */
  #highest = 0;

  /**
   * @param connection - the client's
   * @param timeout - how long there may be no room, in milliseconds; then the connection fails
   */
  constructor(connection: Connection, timeout: number) {
    this.#connection = connection;
    this.#timeout = timeout;
  }

  /**
   * Sends a position, now or when there is room. It never waits and never throws: whoever moved must not suffer from
   * this client.
   *
   * @param id - whose position it is
   * @param position - the packet; it is not copied, so it must not change
   * @param isLast - whether that client has left
   */
  put(id: number, position: Uint8Array, isLast: boolean): void {
    const hasRoom = this.#newest.size === 0 && this.#taken + position.length <= WRITE_LIMIT;
    if (hasRoom) this.#write(id, position);
    // Of a client that came and went while there was no room, this one has never heard. If it were told that each of them
    // has left, clients that come and go all the time could fill the memory.
    else if (isLast && id > this.#highest) this.#newest.delete(id);
    else this.#newest.set(id, position);
  }

  #write(id: number, position: Uint8Array): void {
    this.#highest = Math.max(this.#highest, id);
    let room: void | Promise<void>;
    try {
      room = this.#connection.write(position, deadlineIn(this.#timeout));
    } catch {
      return; // The connection is over. Its own handler learns of that when it reads.
    }
    if (!room) return;
    if (this.#taken === 0) {
      room.then(
        () => this.#writeNewest(),
        () => {},
      );
    }
    this.#taken += position.length;
  }

  /** There is room again. If it does not last for all of them, the rest wait once more. */
  #writeNewest(): void {
    this.#taken = 0;
    const newest = this.#newest;
    this.#newest = new Map();
    for (const [id, position] of newest) this.put(id, position, false);
  }
}
