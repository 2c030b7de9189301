/**
 * Lesson 0 · an experiment: a handler that computes without ever waiting.
 *
 *   npx tsx lessons/0_simple_test_packets/busy_server.ts
 *   npx tsx lessons/0_simple_test_packets/busy_server.ts --threads
 *
 * It is `server.ts` with one more line: after each answer of client 1 it computes for a second. The log says how much
 * time has passed between two answers. Compare the two runs: see `docs/threads.md`.
 *
 * @module
 */

import type { FlagValues } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { logPacket } from "../../src/log.ts";
import { serveLesson, serverFlags } from "../../src/server.ts";
import { PACKETS, TEST_PACKET } from "./protocol.ts";

const FLAGS = serverFlags(9000, 10_000, "how long a client may take to answer a test packet");
type Options = FlagValues<typeof FLAGS>;

async function handleClient(connection: Connection, id: number, { timeout }: Options): Promise<string> {
  let last = performance.now();
  for (let sequence = 1; ; sequence++) {
    await connection.write(TEST_PACKET.pack(id, sequence), deadlineIn(timeout));
    await connection.read(TEST_PACKET.size, deadlineIn(timeout));
    const passed = Math.round(performance.now() - last);
    last += passed;
    if (sequence > 1) logPacket(() => `client ${id} answered test ${sequence}, ${passed} ms after the last`);

    // There is no `await` in it, so nothing else in this thread can run until it returns.
    if (id === 1) computeFor(1000);

    await connection.waitForBytes(deadlineIn(1000));
  }
}

function computeFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

serveLesson({ handler: handleClient, packets: PACKETS, module: import.meta.url }, FLAGS);
