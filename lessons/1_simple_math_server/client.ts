/**
 * Lesson 1 · the client: it asks for calculations.
 *
 * What you learn here: how to send a request whose text has any length, how to wait for its answer but not forever,
 * and how to write a program that other programs can use.
 *
 * ```text
 *   client                                             server
 *     │ ── 04 00 00 00  02 00  03 00  53 55 4D 41 ──▶    │     SUMA 2 3
 *     │                                                  │     … it computes; we wait, but not forever
 *     │ ◀── 00 00 00 00  00 00 00 00 00 00 14 40 ──      │     ok, 5
 * ```
 *
 * Run it while the server runs: `npx tsx lessons/1_simple_math_server/client.ts` sends a random request at
 * once and another every ten seconds. With a request on the command line, as in `client.ts SUMA 2 3`, it sends that one,
 * prints the result and exits.
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

// On one machine five seconds are plenty for an answer. If none comes, you can still bear the wait.
const FLAGS = {
  ...clientFlags(9001, 5000, "how long to wait for an answer"),
  interval: millisecondsFlag(10_000, 0, "time between two random requests"),
  count: numberFlag("N", undefined, 1, 1_000_000, "exit after N random requests"),
};

/** One request, from the command line or made at random. */
interface Request {
  readonly command: string;
  readonly first: number;
  readonly second: number;
}

// Step 5 · Connect, ask, and leave
// --------------------------------
// `openClient` is the `connect` of lesson 0, with what every client needs besides. Then there are two ways to go on. With a
// request on the command line, this is a tool for other programs: only the result goes to standard output, errors go to
// standard error, and the exit code tells which of them it was. Without one, the client sends random requests until you
// stop it. Either way it closes the connection before it exits, so that the server sees a goodbye.

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

// Step 6 · Ask: write a request, read its answer
// ----------------------------------------------
// The client's half of the agreement: pack, write, read twelve bytes, unpack. Two things are easy to get wrong. Read
// exactly twelve bytes, because the answer may come in pieces too. And use one deadline for both calls: all that matters
// is when the answer arrives.

async function ask(connection: Connection, { command, first, second }: Request, timeout: number) {
  const deadline = deadlineIn(timeout);
  await connection.write(packRequest(command, first, second), deadline);
  return RESPONSE.unpack(await connection.read(RESPONSE.size, deadline));
}

// Step 7 · Ask again and again
// ----------------------------
// The pause between two requests is a wait on the connection rather than a timer. If the server goes away, the client
// notices at once, not only when it sends its next request.

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
      throw new Error("the server sent an answer that was not asked for. Is it this lesson's server?");
  }
}

// What a status means to you: what went wrong, and what would be right.

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

// A random request. The command is one of the four, so the answer is a number, or now and then a division by zero.

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

// Reads `SUMA 2 3` from the command line. A value that doesn't fit a short is refused here, because the packet has no
// room for it. An unknown command is not refused: only the server knows which commands exist, and a newer server may know
// more.

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

run(main);
