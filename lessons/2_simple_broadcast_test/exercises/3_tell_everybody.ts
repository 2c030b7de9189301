/**
 * Exercise 2.3 · Tell everybody
 *
 * Below is a server to which clients tell where they are. It works, but it tells only whoever has moved. Make it tell
 * everybody, the sender included; and when a client leaves, tell all who remain that it is nowhere.
 *
 * ```text
 *   client 1                     your server                  client 2
 *     │ ── 0C 00 07 00 ──▶          │                           │      I am at 12 7
 *     │  ◀── 01 00 00 00 0C 00 07 00 ── │ ── 01 00 00 00 0C 00 07 00 ──▶   client 1 is at 12 7
 *     ✕ leaves                      │ ── 01 00 00 00 00 80 00 80 ──▶   client 1 is nowhere
 * ```
 *
 * A client may leave in many ways: it ends the connection, with or without half a place before that; its connection
 * breaks; it says nothing for too long. Whichever way it was, all are told, and told once. (A newcomer is told nothing
 * yet: that is exercise 2.4.)
 *
 * `Connection` is good for reading whole places here. `socket.write` sends at once and waits for nobody. What that
 * costs when a client does not read is the matter of exercise 2.5.
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
 * @param timeout - how long a client may send no whole place, in milliseconds
 * @returns the server
 */
export function startServer(port: number, timeout: number): Server {
  let lastId = 0;

  /** Hears one client until it leaves; then it throws why. */
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
      // It has left, in whatever way. Anything else is a mistake in this file, and must not pass unnoticed.
      if (!(error instanceof ConnectionError)) throw error;
    });
  });
  return server.listen(port, "127.0.0.1");
}
