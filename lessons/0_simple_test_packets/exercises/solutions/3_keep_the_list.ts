/**
 * Exercise 0.3 · Keep the list: our solution.
 *
 * @module
 */

/** The clients that are connected to a server. */
export class ClientList {
  // A Map keeps the order in which its keys came, which is the order of the addresses asked for.
  readonly #clients = new Map<number, string>();
  // Not `size + 1`: that would give the id of a client that is here to the next one, once another has left.
  #nextId = 1;

  /**
   * A client has come.
   *
   * @param address - where it comes from
   * @returns its id: 1, 2, 3, …
   */
  join(address: string): number {
    const id = this.#nextId++;
    this.#clients.set(id, address);
    return id;
  }

  /**
   * A client has left.
   *
   * @param id - its id
   * @returns false where there is no client with this id
   */
  leave(id: number): boolean {
    return this.#clients.delete(id);
  }

  /** How many clients are here. */
  get size(): number {
    return this.#clients.size;
  }

  /** The addresses of the clients that are here; who came first comes first. */
  get addresses(): string[] {
    return [...this.#clients.values()];
  }
}
