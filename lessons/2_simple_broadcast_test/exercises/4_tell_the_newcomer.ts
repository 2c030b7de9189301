/**
 * Exercise 2.4 · Tell the newcomer
 *
 * Below is the server of exercise 2.3. Whoever comes to it knows neither its own id nor who else is there, and is
 * invisible to the others until it moves. Mend that.
 *
 * ```text
 *   client 1, at 12 7            your server                  client 2
 *     │                             │ ◀── connects ───────────  │
 *     │                             │ ── 02 00 00 00 28 00 05 00 ──▶   first its own: you are client 2, at 40 5
 *     │                             │ ── 01 00 00 00 0C 00 07 00 ──▶   then all who are there: client 1 is at 12 7
 *     │  ◀── 02 00 00 00 28 00 05 00 ── │                       │      and they hear of the newcomer
 * ```
 *
 * - A newcomer gets a random place in the room: 0 ≤ x < WIDTH, 0 ≤ y < HEIGHT. It is told that place once, and so is
 *   everybody else.
 * - Of the others it is told where they are now, each once, in any order; also of those who have not moved yet, and not
 *   of those who have left.
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
 * @param timeout - how long a client may send no whole place, in milliseconds
 * @returns the server
 */
export function startServer(port: number, timeout: number): Server {
  let lastId = 0;
  const sockets = new Set<Socket>();

  function tellAll(position: Uint8Array): void {
    for (const socket of sockets) socket.write(position);
  }

  /** Hears one client until it leaves; then it throws why. */
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
      // It has left, in whatever way. Anything else is a mistake in this file, and must not pass unnoticed.
      if (!(error instanceof ConnectionError)) throw error;
    });
  });
  return server.listen(port, "127.0.0.1");
}
