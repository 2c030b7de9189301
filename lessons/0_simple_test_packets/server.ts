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
import { nextSequence, PACKETS, TEST_PACKET } from "./protocol.ts";

// Step 1 · Handle one client, from top to bottom
// ----------------------------------------------
// The heart of the lesson. Every client has its own call of this function. While one call waits at an `await`, the others
// go on. In the Python original this function was the body of a thread, and it read the same.
//
// `connection` is the Reader of step 6, grown up. Its `write` waits, too, so a client that doesn't read can't fill the
// memory with tests. You don't need to know how it does that to go on.

async function handleClient(connection: Connection, id: number, options: Options): Promise<string> {
  for (let sequence = 1; ; sequence = nextSequence(sequence)) {
    // A deadline is a moment: by then all eight bytes of the answer must be here. If each byte had a timeout of its own, a
    // client that sends one byte a second would never be late.
    const deadline = deadlineIn(options.timeout);
    await connection.write(TEST_PACKET.pack(id, sequence), deadline);

    const answer = await connection.read(TEST_PACKET.size, deadline);
    const [answeredId, answeredSequence] = TEST_PACKET.unpack(answer);
    if (answeredId !== id || answeredSequence !== sequence) {
      return `wrong answer: expected id ${id} sequence ${sequence}, got id ${answeredId} sequence ${answeredSequence}`;
    }
    logPacket(() => `client ${id} answered test ${sequence}`);

    // A pause, during which the client has nothing to say. The steps use a plain timer. But a timer doesn't notice a client
    // that leaves in the meantime, or one that answers before it was asked.
    const spoke = await connection.waitForBytes(deadlineIn(options.interval));
    if (spoke) return `it answered before test ${sequence + 1} was sent`;
  }
}

// Step 2 · Define the flags
// -------------------------
// A flag changes each of these numbers; here are the defaults. Most flags are the same for all servers: see `serverFlags`.
// Only this machine can reach the default host, 127.0.0.1. Everyone in the café can reach a server that listens on
// 0.0.0.0.

const FLAGS = {
  ...serverFlags(9000, 3000, "how long a client may take to answer a test packet"),
  interval: millisecondsFlag(1000, 0, "pause between an answer and the next test packet"),
};

type Options = FlagValues<typeof FLAGS>;

// Step 3 · Open the door
// ----------------------
// `serveLesson` does what the end of step 6 in `steps/` does, and what that step lacks. It listens. Each client that
// connects gets an id, a place on the list and a call of the handler above. However that call ends, the server closes the
// client and takes it off the list. Ctrl-C stops the server, but every handler first finishes the answer that it is
// working on.
//
// With --threads, each client's handler runs in a thread of its own. That thread imports this file too, so `serveLesson`
// has to know where the file is.

serveLesson({ handler: handleClient, packets: PACKETS, module: import.meta.url }, FLAGS);
