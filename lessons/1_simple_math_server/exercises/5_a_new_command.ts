/**
 * Exercise 1.5 · A new command
 *
 * Below is a math server in forty lines, and it works. Teach it a new command: POTENCIA, first to the power of second.
 *
 * ```text
 *   POTENCIA 2 10   →   ok, 1024
 *   POTENCIA 2 -1   →   ok, 0.5            a negative exponent gives a fraction
 *   POTENCIA 0 0    →   ok, 1              as in Python, and usually in mathematics
 *   POTENCIA 0 -1   →   division by zero   1 ÷ 0
 * ```
 *
 * Nothing else changes: neither the packets nor the other answers. No client has to change either, and one that asks an
 * old server for POTENCIA gets status 1. That is why a request names its command in text.
 *
 * Check it: `npm run exercises 1.5`. Stuck? `npm run exercises hint 1.5`
 *
 * @module
 */

import { createServer, type Server } from "node:net";
import { LENGTH, REQUEST, RESPONSE, STATUS } from "#lessons/1_simple_math_server/protocol.ts";
import { Connection } from "#src/connection.ts";
import { deadlineIn } from "#src/deadline.ts";

/** How long a client may take for a request, in milliseconds. */
const TIMEOUT = 5000;

/** What a request is answered with. */
function calculate(command: string, first: number, second: number): [status: number, result: number] {
  switch (command) {
    case "SUMA":
      return [STATUS.OK, first + second];
    case "RESTA":
      return [STATUS.OK, first - second];
    case "DIVISION":
      return second === 0 ? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first / second];
    default:
      return [STATUS.UNKNOWN_COMMAND, Number.NaN];
  }
}

/** Answers one client until it leaves. */
async function handleClient(connection: Connection): Promise<void> {
  try {
    while (await connection.waitForBytes(deadlineIn(TIMEOUT))) {
      const deadline = deadlineIn(TIMEOUT);
      const [length] = LENGTH.unpack(await connection.peek(LENGTH.size, deadline));
      const request = await connection.read(REQUEST.size + length, deadline);
      const [, first, second] = REQUEST.unpackFrom(request);
      const command = new TextDecoder().decode(request.subarray(REQUEST.size));
      await connection.write(RESPONSE.pack(...calculate(command, first, second)), deadline);
    }
  } finally {
    await connection.close();
  }
}

/**
 * Starts the server.
 *
 * @param port - where to listen, on 127.0.0.1
 * @returns the server
 */
export function startServer(port: number): Server {
  const server = createServer((socket) => {
    handleClient(new Connection(socket)).catch(() => {}); // it broke the connection off, or took too long
  });
  return server.listen(port, "127.0.0.1");
}
