/**
 * Exercise 2.3 · Tell everybody: our solution.
 *
 * @module
 */

import type { Socket } from "node:net";
import { NOWHERE, PLACE, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";

/** Where everyone starts. */
export const START = { x: 30, y: 10 };

/** Everyone who is connected to one server. */
export class Room {
  /** The newest position of each, as it is sent. */
  readonly #clients = new Map<number, { socket: Socket; position: Uint8Array }>();
  #lastId = 0;

  /**
   * Serves a client that has just connected, until it leaves.
   *
   * @param socket - the client's
   */
  welcome(socket: Socket): void {
    const id = ++this.#lastId;
    const client = { socket, position: POSITION.pack(id, START.x, START.y) };
    socket.write(client.position);
    for (const { position } of this.#clients.values()) socket.write(position);
    // Only now is it one of all: it has been told of itself.
    this.#tellAll(client.position);
    this.#clients.set(id, client);

    let unread = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      for (; unread.length >= PLACE.size; unread = unread.subarray(PLACE.size)) {
        client.position = POSITION.pack(id, ...PLACE.unpackFrom(unread));
        this.#tellAll(client.position);
      }
    });
    socket.on("end", () => socket.end());
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => {
      this.#clients.delete(id);
      this.#tellAll(POSITION.pack(id, NOWHERE, NOWHERE));
    });
  }

  #tellAll(position: Uint8Array): void {
    for (const { socket } of this.#clients.values()) socket.write(position);
  }
}
