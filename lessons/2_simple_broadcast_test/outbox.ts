/**
 * Lesson 2 · the outbox: what is still to be sent to a client that may be slow.
 *
 * While there is room, a position is written at once. When a client doesn't read, its buffers fill up and there is no more
 * room. From then on the outbox keeps only the newest position of each other client:
 *
 * ```text
 *   client 3 at 5 5   client 7 at 1 1   client 3 at 6 5   client 3 at 7 5   client 7 has left
 *        │                  │                 │                 │                 │
 *        └── replaced ──────┼──── by ─────────┴──── by ────▶  3: 7 5              │
 *                           └── replaced by ────────────────────────────▶  7: nowhere
 * ```
 *
 * So a slow client costs at most one position per client, however slow it is and however much the others move. When it
 * reads again, it hears where the others are now, not where they have been.
 *
 * @module
 */

import { type Connection, WRITE_LIMIT } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import type { News } from "./bus.ts";

/** The outboxes of all clients of this thread, by id: status.ts looks into them when somebody asks. */
export const outboxes: Map<number, Outbox> = new Map();

/** The positions that one client has not been sent yet. */
export class Outbox {
  readonly #connection: Connection;
  readonly #timeout: number;
  /**
   * How many bytes the connection has taken since the client last kept up. There is some room for a client that is slow
   * only for a moment.
   */
  #taken = 0;
  /** What the connection had no room for: the newest position of each client, by id. */
  #newest = new Map<number, Uint8Array>();
  /** Those of them that this client has never heard of: they came while there was no room. */
  readonly #unknown = new Set<number>();

  /**
   * @param connection - the client's connection
   * @param timeout - how long there may be no room, in milliseconds; after that the connection fails
   */
  constructor(connection: Connection, timeout: number) {
    this.#connection = connection;
    this.#timeout = timeout;
  }

  /**
   * Sends a position, now or when there is room. It never waits and never throws, so a slow client never holds up the
   * client that moved.
   *
   * @param id - whose position it is
   * @param position - the packet; it is not copied, so it must not change
   * @param news - whether that client has come, moved or left
   */
  put(id: number, position: Uint8Array, news: News): void {
    const hasRoom = this.#newest.size === 0 && this.#taken + position.length <= WRITE_LIMIT;
    if (hasRoom) this.#write(id, position);
    // If this client never heard of the one that left, it doesn't have to hear about the departure. If such departures were
    // kept, clients that come and go all the time could fill the memory.
    else if (news === "left" && this.#unknown.delete(id)) this.#newest.delete(id);
    else {
      if (news === "came" && !this.#newest.has(id)) this.#unknown.add(id);
      this.#newest.set(id, position);
    }
  }

  /** How many positions wait. */
  get waiting(): number {
    return this.#newest.size;
  }

  /** The port of the client; undefined if the connection isn't TCP. */
  get clientPort(): number | undefined {
    return this.#connection.remotePort;
  }

  #write(id: number, position: Uint8Array): void {
    this.#unknown.delete(id);
    let room: void | Promise<void>;
    try {
      room = this.#connection.write(position, deadlineIn(this.#timeout));
    } catch {
      return; // The connection is over. Its own handler notices that when it reads.
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

  /** There is room again. If there isn't enough for all positions, the rest wait again. */
  #writeNewest(): void {
    this.#taken = 0;
    const newest = this.#newest;
    this.#newest = new Map();
    for (const [id, position] of newest) this.put(id, position, "moved");
  }
}
