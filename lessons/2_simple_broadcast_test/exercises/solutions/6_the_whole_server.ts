/**
 * Exercise 2.6 · The whole server: our solution, with the kit's `Connection`. The lesson's server.ts adds a list of
 * clients, limits, threads, a log and a polite goodbye.
 *
 * @module
 */

import { createServer } from "node:net";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import {
  HEIGHT,
  isNowhere,
  NOWHERE,
  PLACE,
  POSITION,
  WIDTH,
} from "#lessons/2_simple_broadcast_test/protocol.ts";
import { Connection } from "#src/connection.ts";
import { deadlineIn } from "#src/deadline.ts";

const [port, timeout = 60_000] = process.argv.slice(2).map(Number);

/** One client: where it is, and what it still has to be told. */
class Client {
  readonly connection: Connection;
  position: Uint8Array;
  /** The newest positions for which there was no room, by client. */
  #newest = new Map<number, Uint8Array>();
  #waiting = false;

  constructor(connection: Connection, position: Uint8Array) {
    this.connection = connection;
    this.position = position;
  }

  /** Tells it a position, now or when there is room. */
  tell(id: number, position: Uint8Array): void {
    if (this.#waiting) {
      this.#newest.set(id, position);
      return;
    }
    try {
      const room = this.connection.write(position, deadlineIn(timeout));
      if (room) this.#wait(room).catch(() => {}); // its own handler finds that out when it reads
    } catch {
      // It finds out about this too: the connection is over.
    }
  }

  async #wait(room: Promise<void>): Promise<void> {
    this.#waiting = true;
    await room;
    this.#waiting = false;
    const newest = this.#newest;
    this.#newest = new Map();
    for (const [id, position] of newest) this.tell(id, position);
  }
}

const clients = new Map<number, Client>();
let lastId = 0;

function tellAll(id: number, position: Uint8Array): void {
  for (const client of clients.values()) client.tell(id, position);
}

/** Serves one client until it leaves, or has to. */
async function handleClient(connection: Connection, id: number): Promise<void> {
  const [x, y] = [WIDTH, HEIGHT].map((limit) => Math.floor(Math.random() * limit));
  const client = new Client(connection, POSITION.pack(id, x ?? 0, y ?? 0));
  client.tell(id, client.position);
  for (const [other, { position }] of clients) client.tell(other, position);
  tellAll(id, client.position);
  clients.set(id, client);
  try {
    for (let count = 1; ; count++) {
      const [x, y] = PLACE.unpack(await connection.read(PLACE.size, deadlineIn(timeout)));
      if (isNowhere(x, y)) return;
      client.position = POSITION.pack(id, x, y);
      tellAll(id, client.position);
      // One that moves without end: now it is everyone else's turn.
      if (count % 100 === 0) await setImmediate();
    }
  } finally {
    clients.delete(id);
    tellAll(id, POSITION.pack(id, NOWHERE, NOWHERE));
    await connection.close();
  }
}

createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  handleClient(new Connection(socket), ++lastId).catch(() => {}); // it broke off, or took too long
}).listen(port, "127.0.0.1");
