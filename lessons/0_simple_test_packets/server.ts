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

import { isMainThread } from "node:worker_threads";
import { type FlagValues, millisecondsFlag, readCommandLine } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { logPacket } from "../../src/log.ts";
import { onStop, run } from "../../src/program.ts";
import { runInThread, Server, serverFlags } from "../../src/server.ts";
import { LAST_SEQUENCE, PACKETS, TEST_PACKET } from "./protocol.ts";

// Step 1 · Handle one client, from top to bottom
// ----------------------------------------------
// The heart of the lesson. In the Python original this was the body of a thread. It reads the same here, with an
// `await` wherever the thread would have waited. Every client has its own call of this function; while one waits, the
// others go on.

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

    // A pause, during which the client has nothing to say. A plain timer would do, but it would not notice a client
    // that leaves in the meantime.
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

// Step 3 · Run the server
// -----------------------
// `Server` is what every lesson has: it listens, keeps the clients in a list, gives each an id and a call of the
// handler, and says goodbye to it. Ctrl-C stops it, but only after every handler has finished what it is working on.

const LESSON = { handler: handleClient, packets: PACKETS, module: import.meta.url };

async function main(): Promise<void> {
  const { options } = readCommandLine("server.ts [flags]", FLAGS);
  const server = new Server(LESSON, options);
  onStop(() => server.stop());
  await server.listen();
}

// With --threads, each client's thread imports this file too. Only the main thread is the server.
if (isMainThread) run(main);
else runInThread(LESSON);
