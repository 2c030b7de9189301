/**
 * Exercise 2.4 · Tell the newcomer
 *
 * Below is the server of exercise 2.3. A client that connects to it knows neither its own id nor who else is there, and the
 * others don't see it until it moves. Repair that.
 *
 * ```text
 *   client 1, at 12 7            your server                  client 2
 *     │                             │ ◀── connects ───────────  │
 *     │                             │ ── 02 00 00 00 28 00 05 00 ──▶   first its own: you are client 2, at 40 5
 *     │                             │ ── 01 00 00 00 0C 00 07 00 ──▶   then all who are there: client 1 is at 12 7
 *     │  ◀── 02 00 00 00 28 00 05 00 ── │                       │      and client 1 is told about it
 * ```
 *
 * - A newcomer gets a random place in the room: 0 ≤ x < WIDTH, 0 ≤ y < HEIGHT. Tell it that place once, and tell everybody
 *   else too.
 * - Tell it where each of the others is now, once each, in any order. That includes clients that have not moved yet, but
 *   not those that have left.
 *
 * Check it: `npm run exercises 2.4`. Stuck? `npm run exercises hint 2.4`
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
 * @param timeout - how long a client may go without sending a whole place, in milliseconds
 * @returns the server
 */
export function startServer(port: number, timeout: number): Server {
  let lastId = 0;
  const sockets = new Set<Socket>();

  function tellAll(position: Uint8Array): void {
    for (const socket of sockets) socket.write(position);
  }

  /** Reads from one client until it leaves, and then throws the reason. */
  async function handleClient(socket: Socket, id: number): Promise<never> {
    const connection = new Connection(socket);
    sockets.add(socket);
    try {
      for (;;) {
        const [x, y] = PLACE.unpack(await connection.read(PLACE.size, deadlineIn(timeout)));
        tellAll(POSITION.pack(id, x, y));
      }
    } finally {
      sockets.delete(socket);
      socket.destroy();
      tellAll(POSITION.pack(id, NOWHERE, NOWHERE));
    }
  }

  const server = createServer((socket) => {
    handleClient(socket, ++lastId).catch((error) => {
      // The client has left, in one way or another. Anything else is a mistake in this file, and must be seen.
      if (!(error instanceof ConnectionError)) throw error;
    });
  });
  return server.listen(port, "127.0.0.1");
}
