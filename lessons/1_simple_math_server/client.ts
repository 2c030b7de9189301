/**
 * Lesson 1 · the client: it asks for calculations.
 *
 * What you learn here: how to send a request whose text has any length, and how to wait for its answer without
 * waiting forever.
 *
 * Run it while the server runs: `npx tsx lessons/1_simple_math_server/client.ts` sends a random request at
 * once and another every ten seconds. With a request on the command line, `client.ts SUMA 2 3`, it sends that one,
 * prints the result and ends.
 *
 * @module
 */

import { clientFlags, openClient } from "../../src/client.ts";
import { millisecondsFlag, numberFlag, readCommandLine, wholeNumber } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { hostAndPort, log, printable } from "../../src/log.ts";
import { exit, run } from "../../src/program.ts";
import {
  COMMAND_LIMIT,
  COMMANDS,
  PACKETS,
  packRequest,
  RESPONSE,
  STATUS,
  VALUE_MAX,
  VALUE_MIN,
} from "./protocol.ts";

const FLAGS = {
  ...clientFlags(9001, 5000, "how long to wait for an answer"),
  interval: millisecondsFlag(10_000, 0, "time between two random requests"),
  count: numberFlag("N", undefined, 1, 1_000_000, "end after N random requests"),
};

/** One request, from the command line or made at random. */
interface Request {
  readonly command: string;
  readonly first: number;
  readonly second: number;
}

// Step 5 · Ask: write a request, read its answer
// ----------------------------------------------
// One deadline for both: all that matters to the one who asks is when the answer arrives.

async function ask(connection: Connection, { command, first, second }: Request, timeout: number) {
  const deadline = deadlineIn(timeout);
  await connection.write(packRequest(command, first, second), deadline);
  return RESPONSE.unpack(await connection.read(RESPONSE.size, deadline));
}

// Step 6 · Ask again and again
// ----------------------------
// The pause between two requests is a wait on the connection rather than a timer: if the server goes away, the client
// learns of it at once, not only when it asks again.

async function askOften(connection: Connection, count: number, interval: number, timeout: number) {
  for (let sent = 1; ; sent++) {
    const request = randomRequest();
    log(`${request.command} ${request.first} ${request.second}`);
    const [status, result] = await ask(connection, request, timeout);
    if (status === STATUS.OK) log(`= ${result}`, "green");
    else log(`= ${meaning(status)}`, "yellow");
    if (sent === count) return;

    const spoke = await connection.waitForBytes(deadlineIn(interval));
    if (spoke)
      throw new Error("the server sent an answer that was not asked for. Is it a server of this lesson?");
  }
}

function meaning(status: number): string {
  switch (status) {
    case STATUS.UNKNOWN_COMMAND:
      return `unknown command; the server knows ${COMMANDS.join(", ")}`;
    case STATUS.DIVISION_BY_ZERO:
      return "division by zero";
    case STATUS.MALFORMED:
      return `malformed request; a command is 1 to ${COMMAND_LIMIT} bytes of UTF-8`;
    default:
      return `status ${status}, which this lesson does not define`;
  }
}

function randomRequest(): Request {
  return {
    command: COMMANDS[randomInteger(0, COMMANDS.length - 1)] ?? "SUMA",
    first: randomInteger(VALUE_MIN, VALUE_MAX),
    second: randomInteger(VALUE_MIN, VALUE_MAX),
  };
}

function randomInteger(min: number, max: number): number {
  return min + Math.floor(Math.random() * (max - min + 1));
}

/** Reads `SUMA 2 3`. It accepts any command: only the server knows which ones exist. */
function readOneShot(texts: string[]): Request | undefined {
  const [command, first, second, extra] = texts;
  if (command === undefined) return undefined;
  if (first === undefined || second === undefined || extra !== undefined) {
    throw new RangeError(`a request is three arguments, COMMAND FIRST SECOND, not ${texts.length}`);
  }
  return {
    command,
    first: wholeNumber("FIRST", first, VALUE_MIN, VALUE_MAX),
    second: wholeNumber("SECOND", second, VALUE_MIN, VALUE_MAX),
  };
}

async function main(): Promise<void> {
  const usage = "client.ts [flags] [COMMAND FIRST SECOND]";
  const { options, arguments: oneShot } = readCommandLine(usage, FLAGS, readOneShot);
  const { host, port, timeout, interval, count = Number.POSITIVE_INFINITY } = options;
  const { connection } = await openClient(options, PACKETS);

  if (oneShot) {
    const [status, result] = await ask(connection, oneShot, timeout);
    if (status !== STATUS.OK) return exit(1, `${printable(oneShot.command)}: ${meaning(status)}`);
    log(`${result}`);
  } else {
    log(`connected to ${hostAndPort(host, port)}`);
    await askOften(connection, count, interval, timeout);
  }
  await connection.close();
  return exit(0);
}

run(main);
