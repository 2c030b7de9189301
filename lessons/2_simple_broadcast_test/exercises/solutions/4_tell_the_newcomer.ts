/**
 * Exercise 2.4 · Tell the newcomer: our solution.
 *
 * @module
 */

import { createServer, type Server, type Socket } from "node:net";
import { HEIGHT, NOWHERE, PLACE, POSITION, WIDTH } from "#lessons/2_simple_broadcast_test/protocol.ts";
import { Connection, ConnectionError } from "#src/connection.ts";
import { deadlineIn } from "#src/deadline.ts";

/**
 * Starts the server.
 *
 * @param port - where to listen, on 127.0.0.1
 * @param timeout - how long a client may send no whole place, in milliseconds
 * @returns the server
 */
export function startServer(port: number, timeout: number): Server {
  let lastId = 0;
  /** The clients that are here, and the newest position of each: what a newcomer has to be told. */
  const clients = new Map<number, { socket: Socket; position: Uint8Array }>();

  function tellAll(position: Uint8Array): void {
    for (const { socket } of clients.values()) socket.write(position);
  }

  /** Hears one client until it leaves, and then throws the reason. */
  async function handleClient(socket: Socket, id: number): Promise<never> {
    const connection = new Connection(socket);
    const start = POSITION.pack(id, randomBelow(WIDTH), randomBelow(HEIGHT));
    // The order counts. Its own position comes first, and it is on the list last: so neither loop includes it, and it
    // hears about itself once. Nothing here waits, so nobody can move in between.
    socket.write(start);
    for (const { position } of clients.values()) socket.write(position);
    tellAll(start);
    clients.set(id, { socket, position: start });
    try {
      for (;;) {
        const [x, y] = PLACE.unpack(await connection.read(PLACE.size, deadlineIn(timeout)));
        const position = POSITION.pack(id, x, y);
        clients.set(id, { socket, position });
        tellAll(position);
      }
    } finally {
      clients.delete(id);
      socket.destroy();
      tellAll(POSITION.pack(id, NOWHERE, NOWHERE));
    }
  }

  const server = createServer((socket) => {
    handleClient(socket, ++lastId).catch((error) => {
      // It has left, in whatever way. Anything else is a mistake in this file, and must not pass unnoticed.
      if (!(error instanceof ConnectionError)) throw error;
    });
  });
  return server.listen(port, "127.0.0.1");
}

function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}
