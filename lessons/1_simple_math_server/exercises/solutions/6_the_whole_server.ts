/**
 * Exercise 1.6 · The whole server: our solution, with the kit's `Connection`. The lesson's server.ts adds a list of
 * clients, limits, threads, a log and a polite goodbye.
 *
 * @module
 */

import { createServer } from "node:net";
import process from "node:process";
import { COMMAND_LIMIT, LENGTH, REQUEST, RESPONSE, STATUS } from "#lessons/1_simple_math_server/protocol.ts";
import { Connection } from "#src/connection.ts";
import { deadlineIn } from "#src/deadline.ts";

const [port, timeout = 60_000] = process.argv.slice(2).map(Number);
const MALFORMED = RESPONSE.pack(STATUS.MALFORMED, Number.NaN);

/** What a request is answered with. */
function calculate(command: string, first: number, second: number): [status: number, result: number] {
  switch (command) {
    case "SUMA":
      return [STATUS.OK, first + second];
    case "RESTA":
      return [STATUS.OK, first - second];
    case "MULTIPLICACION":
      return [STATUS.OK, first * second + 0]; // 0 × −5 is −0; + 0 makes it 0
    case "DIVISION":
      return second === 0 ? [STATUS.DIVISION_BY_ZERO, Number.NaN] : [STATUS.OK, first / second + 0];
    default:
      return [STATUS.UNKNOWN_COMMAND, Number.NaN];
  }
}

/** Answers one client until it leaves, or sends something that is no request. */
async function handleClient(connection: Connection): Promise<void> {
  try {
    while (await connection.waitForBytes(deadlineIn(timeout))) {
      const deadline = deadlineIn(timeout);
      // Four bytes are enough to know that no request can follow.
      const [length] = LENGTH.unpack(await connection.peek(LENGTH.size, deadline));
      if (length < 1 || length > COMMAND_LIMIT) return await connection.write(MALFORMED, deadline);
      const request = await connection.read(REQUEST.size + length, deadline);
      const [, first, second] = REQUEST.unpackFrom(request);
      let command: string;
      try {
        command = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
          request.subarray(REQUEST.size),
        );
      } catch {
        return await connection.write(MALFORMED, deadline);
      }
      await connection.write(RESPONSE.pack(...calculate(command, first, second)), deadline);
    }
  } finally {
    await connection.close();
  }
}

// allowHalfOpen: a client that has sent all its requests and ended its half still gets its answers.
createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  handleClient(new Connection(socket)).catch(() => {}); // it broke off, or took too long
}).listen(port, "127.0.0.1");
