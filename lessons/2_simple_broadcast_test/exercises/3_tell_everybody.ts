/**
 * Exercise 2.3 · Tell everybody
 *
 * Below is a server that clients tell where they are. It works, but it answers only the client that has moved. Make it tell
 * everybody, including the sender. When a client leaves, tell all who remain that it is nowhere.
 *
 * ```text
 *   client 1                     your server                  client 2
 *     │ ── 0C 00 07 00 ──▶          │                           │      I am at 12 7
 *     │  ◀── 01 00 00 00 0C 00 07 00 ── │ ── 01 00 00 00 0C 00 07 00 ──▶   client 1 is at 12 7
 *     ✕ leaves                      │ ── 01 00 00 00 00 80 00 80 ──▶   client 1 is nowhere
 * ```
 *
 * A client may leave in many ways. It ends the connection, perhaps after half a place. Its connection breaks. It sends
 * nothing for too long. Whichever way it left, tell everybody, but only once. (You tell a newcomer nothing yet: that is
 * exercise 2.4.)
 *
 * `Connection` reads whole places for you. `socket.write` sends at once and waits for nobody. Exercise 2.5 is about what
 * that costs when a client does not read.
 *
 * Check it: `npm run exercises 2.3`. Stuck? `npm run exercises hint 2.3`
 *
 * @module
 */

import { createServer, type Server, type Socket } from "node:net";
import { PLACE, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";
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

  /** Reads from one client until it leaves, and then throws the reason. */
  async function handleClient(socket: Socket, id: number): Promise<never> {
    const connection = new Connection(socket);
    try {
      for (;;) {
        const [x, y] = PLACE.unpack(await connection.read(PLACE.size, deadlineIn(timeout)));
        socket.write(POSITION.pack(id, x, y));
      }
    } finally {
      socket.destroy();
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
