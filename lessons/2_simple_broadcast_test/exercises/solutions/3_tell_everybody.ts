/**
 * Exercise 2.3 · Tell everybody: our solution.
 *
 * @module
 */

import { createServer, type Server, type Socket } from "node:net";
import { NOWHERE, PLACE, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";
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
  const sockets = new Set<Socket>();

  function tellAll(position: Uint8Array): void {
    for (const socket of sockets) socket.write(position);
  }

  /** Hears one client until it leaves, and then throws the reason. */
  async function handleClient(socket: Socket, id: number): Promise<never> {
    const connection = new Connection(socket);
    sockets.add(socket);
    try {
      for (;;) {
        const [x, y] = PLACE.unpack(await connection.read(PLACE.size, deadlineIn(timeout)));
        // Packed once, with the id of the client that moved: all clients get the same eight bytes.
        tellAll(POSITION.pack(id, x, y));
      }
    } finally {
      // However it ended, this runs, and runs once. Off the set first: no client is told about its own departure.
      sockets.delete(socket);
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
