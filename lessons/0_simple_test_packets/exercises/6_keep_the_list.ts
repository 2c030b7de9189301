/**
 * Exercise 0.6 · Keep the list
 *
 * Write the list of clients that a server keeps: who is connected, how many there are, and the next id. An id is
 * never used twice, even after its client has left: "client 3" in yesterday's log must be one client only.
 *
 * ```text
 *   join("127.0.0.1:50001")  → 1      the list: 1
 *   join("127.0.0.1:50002")  → 2                1, 2
 *   join("127.0.0.1:50003")  → 3                1, 2, 3
 *   leave(3)                 → true             1, 2
 *   leave(3)                 → false            1, 2        no client has this id any more
 *   join("127.0.0.1:50004")  → 4                1, 2, 4     not 3, though 3 is free
 * ```
 *
 * Check it: `npm run exercises 0.6`. Stuck? `npm run exercises hint 0.6`
 *
 * @module
 */

/** The clients that are connected to a server. */
export class ClientList {
  /**
   * Adds a client that has connected.
   *
   * @param address - where it connected from
   * @returns its id: 1, 2, 3, …
   */
  join(address: string): number {
    throw new Error(`not written yet: join(${JSON.stringify(address)})`);
  }

  /**
   * Removes a client that has left.
   *
   * @param id - its id
   * @returns true, or false if there is no client with this id
   */
  leave(id: number): boolean {
    throw new Error(`not written yet: leave(${id})`);
  }

  /** How many clients are connected. */
  get size(): number {
    throw new Error("not written yet: size");
  }

  /** The addresses of the connected clients, in the order in which they connected. */
  get addresses(): string[] {
    throw new Error("not written yet: addresses");
  }
}
