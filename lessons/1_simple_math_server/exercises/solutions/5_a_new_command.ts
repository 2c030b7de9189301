/**
 * Exercise 1.5 · A new command: our solution.
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
    case "POTENCIA":
      // 0 to the power of −1 is 1 ÷ 0. JavaScript would say Infinity; the protocol has a status for it.
      return first === 0 && second < 0 ? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first ** second];
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
    handleClient(new Connection(socket)).catch(() => {}); // it broke off, or took too long
  });
  return server.listen(port, "127.0.0.1");
}
