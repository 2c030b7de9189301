/**
 * Lesson 0 · the server: many clients, each tested again and again. Is it alive?
 *
 * What you learn here: how one process serves many clients at once, how it knows which of them are there, and
 * how it gets rid of one that does not answer while the others notice nothing.
 *
 * ```text
 *   server                                client 3
 *     │ ── 03 00 00 00  01 00 00 00 ──▶      │     test 1, as soon as the client connects
 *     │ ◀── 03 00 00 00  01 00 00 00 ──      │     the same bytes: it is alive
 *     │        … a second later …            │
 *     │ ── 03 00 00 00  02 00 00 00 ──▶      │     test 2
 *     │        … three seconds …             │     nothing comes
 *     ✕ closes the socket                          "client 3 left: timed out after 0 of 8 bytes; 2 remain"
 * ```
 *
 * Run it: `npx tsx lessons/0_simple_test_packets/server.ts`, then `client.ts` in other terminals, as many as
 * you like. Ctrl-C ends each. The guide is `README.md` beside this file; its steps are the steps below.
 *
 * @module
 */

import { type FlagValues, millisecondsFlag } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { logPacket } from "../../src/log.ts";
import { serveLesson, serverFlags } from "../../src/server.ts";
import { LAST_SEQUENCE, PACKETS, TEST_PACKET } from "./protocol.ts";

// Step 1 · Handle one client, from top to bottom
// ----------------------------------------------
// The heart of the lesson. Every client has its own call of this function; while one waits at an `await`, the others go
// on. In the Python original this was the body of a thread, and it read the same.
//
// `connection` is the Reader of the steps, grown up. Its `write` waits, too: a client that does not read cannot fill the
// memory with answers. You need not know how it does that to go on.

async function handleClient(connection: Connection, id: number, options: Options): Promise<string> {
  for (let sequence = 1; ; sequence = sequence === LAST_SEQUENCE ? 1 : sequence + 1) {
    // A deadline is a moment, and the whole answer, all eight bytes, has until then. If each byte had a timeout of its
    // own, a client that sends one byte a second would never be late.
    const deadline = deadlineIn(options.timeout);
    await connection.write(TEST_PACKET.pack(id, sequence), deadline);

    const answer = await connection.read(TEST_PACKET.size, deadline);
    const [answeredId, answeredSequence] = TEST_PACKET.unpack(answer);
    if (answeredId !== id || answeredSequence !== sequence) {
      return `wrong answer: expected id ${id} sequence ${sequence}, got id ${answeredId} sequence ${answeredSequence}`;
    }
    logPacket(() => `client ${id} answered test ${sequence}`);

    // A pause, during which the client has nothing to say. A plain timer would do, as in the steps, but it would not
    // notice a client that leaves in the meantime, or that answers what it was not asked.
    const spoke = await connection.waitForBytes(deadlineIn(options.interval));
    if (spoke) return `it answered before test ${sequence + 1} was sent`;
  }
}

// Step 2 · Define the flags
// -------------------------
// Every number can be changed by a flag; these are the defaults. Most flags are the same for all servers: see
// `serverFlags`. The default host, 127.0.0.1, can be reached only from this machine; a server that listens on 0.0.0.0
// can be reached by everyone in the café.

const FLAGS = {
  ...serverFlags(9000, 3000, "how long a client may take to answer a test packet"),
  interval: millisecondsFlag(1000, 0, "how long a client rests between two test packets"),
};

type Options = FlagValues<typeof FLAGS>;

// Step 3 · Open the door
// ----------------------
// `serveLesson` is what step 6 of `steps/` has at its end, and what it was missing. It listens. Each client that connects
// gets an id, a place on the list and a call of the handler above. However that call ends, the client is closed and taken
// off the list. Ctrl-C stops the server, but only after every handler has finished what it is working on.
//
// With --threads each client has its handler in a thread of its own. That thread imports this file too, which is why
// `serveLesson` is told where it is.

serveLesson({ handler: handleClient, packets: PACKETS, module: import.meta.url }, FLAGS);
