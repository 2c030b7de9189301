/**
 * Lesson 1 · the server: it unpacks a request, computes, and packs the answer.
 *
 * What you learn here: how to find where a packet ends when its length varies, how to answer every request in
 * order however its bytes arrive, and how to refuse what makes no sense without falling over.
 *
 * ```text
 *   client                                             server
 *     │ ── 04 00 00 00  02 00  03 00  53 55 4D 41 ──▶    │     SUMA 2 3
 *     │ ◀── 00 00 00 00  00 00 00 00 00 00 14 40 ──      │     ok, 5
 *     │ ── FF FF FF FF ──▶                               │     a length of −1: four bytes tell
 *     │ ◀── 03 00 00 00  00 00 00 00 00 00 F8 7F ──      │     malformed, NaN
 *     ✕ closed                                           ✕
 * ```
 *
 * Run it: `npx tsx lessons/1_simple_math_server/server.ts`, then `client.ts` in other terminals. The guide is
 * `README.md` beside this file; its steps are the steps below.
 *
 * @module
 */

import type { FlagValues } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { logPacket, printable } from "../../src/log.ts";
import { serveLesson, serverFlags } from "../../src/server.ts";
import { COMMAND_LIMIT, LENGTH, PACKETS, REQUEST, RESPONSE, STATUS } from "./protocol.ts";

// A client that sends a request every ten seconds is not a silent one, so the timeout is a minute.

const FLAGS = serverFlags(9001, 60_000, "how long a client may take to send a whole request");
type Options = FlagValues<typeof FLAGS>;

// Step 1 · Handle one client: a request, its answer, the next request
// -------------------------------------------------------------------
// Requests are answered one after another, in order, until the client leaves or sends something malformed.
// Whatever this function returns or throws is why the client left; the server then sends what is still unsent, and
// closes.
//
// What has arrived may be a part of a request, or several and a part:
//
//     04 00 00 00 02 00 03 00 53 55 4D 41 05 00 00 00 09 00 …
//     └──────── a whole request ────────┘ └─ the next, so far
//
// So we never ask what has arrived. We ask for as many bytes as the next thing has, and wait until they are there.

async function handleClient(connection: Connection, id: number, { timeout }: Options): Promise<string> {
  for (;;) {
    const deadline = deadlineIn(timeout);

    // Look only at the length first. If it makes no sense, we know that after four bytes, and do not wait for the rest
    // of a packet whose length we cannot trust.
    const [length] = LENGTH.unpack(await connection.peek(LENGTH.size, deadline));
    if (length < 1 || length > COMMAND_LIMIT) {
      await connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline);
      return `malformed request: a length of ${length}`;
    }

    // Now we know where the packet ends, so we read exactly that much. If bytes are missing, this waits for them; if
    // bytes of the next request have arrived too, they stay for the next turn of the loop.
    const request = await connection.read(REQUEST.size + length, deadline);
    const [, first, second] = REQUEST.unpackFrom(request);

    // The command is not part of the struct: it begins where the struct ends, at byte 8.
    const command = decodeCommand(request.subarray(REQUEST.size));
    if (command === undefined) {
      await connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline);
      return "malformed request: the command is not UTF-8";
    }

    // Two numbers become twelve bytes. If the client does not read its answers, this waits, and so we read no more of its
    // requests: it can fill its own buffers, but not our memory.
    const [status, result] = compute(command, first, second);
    await connection.write(RESPONSE.pack(status, result), deadline);
    logPacket(() => `client ${id}: ${describe(command, first, second, status, result)}`);
  }
}

// Step 2 · Read the command
// -------------------------
// Bytes are not text until someone says how to read them. `fatal` makes bytes that are not UTF-8 an error; without it
// they would silently become "�". `ignoreBOM` leaves the text unchanged; without it, three bytes at its start (a byte
// order mark) would vanish, and two different packets would mean the same thing.

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeCommand(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

// Step 3 · Compute
// ----------------
// An unknown command or a division by zero is no reason to close: the request was well formed, and the answer is a
// status. A `switch` knows only these four words; in a plain object, `operations[command]` would also find
// "constructor", which every object inherits.

function compute(command: string, first: number, second: number): [status: number, result: number] {
  switch (command) {
    case "SUMA":
      return [STATUS.OK, first + second];
    case "RESTA":
      return [STATUS.OK, first - second];
    case "MULTIPLICACION":
      // To a double, 0 × −5 is −0; to everyone who multiplies whole numbers it is 0. Adding 0 makes it so.
      return [STATUS.OK, first * second + 0];
    case "DIVISION":
      if (second === 0) return [STATUS.DIVISION_BY_ZERO, Number.NaN];
      return [STATUS.OK, first / second];
    default:
      return [STATUS.UNKNOWN_COMMAND, Number.NaN];
  }
}

// One line for the log. An unknown command came from a stranger, so it is escaped before it reaches a terminal: else a
// command like "ESC [2J" would clear the screen of whoever reads the log.

function describe(command: string, first: number, second: number, status: number, result: number): string {
  if (status === STATUS.UNKNOWN_COMMAND) return `unknown command ${printable(command)}`;
  if (status === STATUS.DIVISION_BY_ZERO) return `${command} ${first} ${second} is a division by zero`;
  return `${command} ${first} ${second} = ${result}`;
}

// Step 4 · Open the door
// ----------------------
// As in lesson 0: each client that connects gets a call of the handler above, as a task or on a thread of its own.

serveLesson({ handler: handleClient, packets: PACKETS, module: import.meta.url }, FLAGS);
