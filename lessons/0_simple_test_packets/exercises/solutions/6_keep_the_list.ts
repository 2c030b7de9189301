/**
 * Exercise 0.6 · Keep the list: our solution.
 *
 * @module
 */

/** The clients that are connected to a server. */
export class ClientList {
  // A Map keeps its keys in the order they were added, which is the order that `addresses` needs.
  readonly #clients = new Map<number, string>();
  // Not `size + 1`: once a client has left, that would give the next one an id that is still in use.
  #nextId = 1;

  /**
   * Adds a client that has connected.
   *
   * @param address - where it connected from
   * @returns its id: 1, 2, 3, …
   */
  join(address: string): number {
    const id = this.#nextId++;
    this.#clients.set(id, address);
    return id;
  }

  /**
   * Removes a client that has left.
   *
   * @param id - its id
   * @returns true, or false if there is no client with this id
   */
  leave(id: number): boolean {
    return this.#clients.delete(id);
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#clients.size;
  }

  /** The addresses of the connected clients, in the order in which they connected. */
  get addresses(): string[] {
    return [...this.#clients.values()];
  }
}
