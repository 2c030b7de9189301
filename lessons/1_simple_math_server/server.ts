/**
 * Lesson 1 · the server: it unpacks a request, computes, and packs the answer.
 *
 * What you learn here: how to find where a packet ends when its length varies, how to answer every request in
 * order however its bytes arrive, and how to refuse nonsense without crashing.
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

// Our client sends a request every ten seconds. A timeout of a minute leaves such a client alone.

const FLAGS = serverFlags(9001, 60_000, "how long a client may take to send a whole request");
type Options = FlagValues<typeof FLAGS>;

// Step 1 · Handle one client: a request, its answer, the next request
// -------------------------------------------------------------------
// The handler answers requests one after another, in order, until the client leaves or sends something malformed. What
// this function returns or throws is the reason why the client left. The server then sends what is still unsent, and
// closes the connection.
//
// What has arrived may be a part of a request, or several requests and a part:
//
//     04 00 00 00 02 00 03 00 53 55 4D 41 05 00 00 00 09 00 …
//     └──────── a whole request ────────┘ └─ the next, so far
//
// So we never ask what has arrived. We ask for exactly as many bytes as we need next, and wait until they are here.

async function handleClient(connection: Connection, id: number, { timeout }: Options): Promise<string> {
  for (;;) {
    const deadline = deadlineIn(timeout);

    // Look only at the length first. If it makes no sense, we know that after four bytes. We don't wait for the rest of a
    // packet whose length we can't trust.
    const [length] = LENGTH.unpack(await connection.peek(LENGTH.size, deadline));
    if (length < 1 || length > COMMAND_LIMIT) {
      await connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline);
      return `malformed request: a length of ${length}`;
    }

    // Now we know where the packet ends, so we read exactly that much. If bytes are missing, this waits for them. If bytes of
    // the next request have arrived too, they stay for the next turn of the loop.
    const request = await connection.read(REQUEST.size + length, deadline);
    const [, first, second] = REQUEST.unpackFrom(request);

    // The command isn't part of the struct: it begins where the struct ends, at byte 8.
    const command = decodeCommand(request.subarray(REQUEST.size));
    if (command === undefined) {
      await connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline);
      return "malformed request: the command is not UTF-8";
    }

    // Two numbers become twelve bytes. If the client doesn't read its answers, the write waits, and meanwhile we read no more
    // requests from it. It can fill its own buffers, but not our memory.
    const [status, result] = compute(command, first, second);
    await connection.write(RESPONSE.pack(status, result), deadline);
    logPacket(() => `client ${id}: ${describe(command, first, second, status, result)}`);
  }
}

// Step 2 · Read the command
// -------------------------
// Bytes become text only once we know how to read them. With `fatal`, bytes that aren't UTF-8 are an error; without it
// they would silently become "�". `ignoreBOM` leaves the text unchanged. Without it, a byte order mark (three bytes at
// the start) would vanish, and two different packets would mean the same thing.

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
// The server doesn't close a client for an unknown command or a division by zero: the request was well formed, so the
// answer is a status. The `switch` knows only these four words. In a plain object, `operations[command]` would also find
// "constructor", which every object inherits.

function compute(command: string, first: number, second: number): [status: number, result: number] {
  switch (command) {
    case "SUMA":
      return [STATUS.OK, first + second];
    case "RESTA":
      return [STATUS.OK, first - second];
    case "MULTIPLICACION":
      // In doubles, 0 × −5 is −0. In whole numbers it is 0, and adding 0 makes it so.
      return [STATUS.OK, first * second + 0];
    case "DIVISION":
      if (second === 0) return [STATUS.DIVISION_BY_ZERO, Number.NaN];
      return [STATUS.OK, first / second];
    default:
      return [STATUS.UNKNOWN_COMMAND, Number.NaN];
  }
}

// One line for the log. An unknown command came from a stranger, so it is escaped before it reaches a terminal. Otherwise
// a command like "ESC [2J" would clear the operator's screen.

function describe(command: string, first: number, second: number, status: number, result: number): string {
  if (status === STATUS.UNKNOWN_COMMAND) return `unknown command ${printable(command)}`;
  if (status === STATUS.DIVISION_BY_ZERO) return `${command} ${first} ${second} is a division by zero`;
  return `${command} ${first} ${second} = ${result}`;
}

// Step 4 · Open the door
// ----------------------
// As in lesson 0: each client that connects gets a call of the handler above, as a task or on a thread of its own.

serveLesson({ handler: handleClient, packets: PACKETS, module: import.meta.url }, FLAGS);
