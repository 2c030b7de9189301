/**
 * Lesson 2 · the server: clients that see each other move.
 *
 * What you learn here: how one client's packet reaches all the others, why a client that does not read must not hold
 * up anybody, and what a server keeps for it and what not.
 *
 * ```text
 *   client 1                          server                          client 2
 *     │                                 │  ◀────────── connects ─────────  │
 *     │                                 │ ── 02 00 00 00 28 00 05 00 ──▶   │     you are client 2, at 40 5
 *     │                                 │ ── 01 00 00 00 0C 00 07 00 ──▶   │     client 1 is at 12 7
 *     │  ◀── 02 00 00 00 28 00 05 00 ── │                                  │     client 2 is at 40 5
 *     │                                 │                                  │
 *     │ ── 0D 00 07 00 ──▶              │                                  │     I am at 13 7
 *     │  ◀── 01 00 00 00 0D 00 07 00 ── │ ── 01 00 00 00 0D 00 07 00 ──▶   │     client 1 is at 13 7, for both
 *     ✕ leaves                          │ ── 01 00 00 00 00 80 00 80 ──▶   │     client 1 is nowhere
 * ```
 *
 * Run it: `npx tsx lessons/2_simple_broadcast_test/server.ts`, then `client.ts` in other terminals. The guide is
 * `README.md` beside this file; its steps are the steps below.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { FlagValues } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { logPacket } from "../../src/log.ts";
import { serveLesson, serverFlags } from "../../src/server.ts";
import { openBus } from "./bus.ts";
import { Outbox } from "./outbox.ts";
import { describe, HEIGHT, isNowhere, NOWHERE, PACKETS, PLACE, POSITION, WIDTH } from "./protocol.ts";

const FLAGS = serverFlags(9002, 60_000, "how long a client may send no place, or take no position");
type Options = FlagValues<typeof FLAGS>;

// Step 1 · Handle one client
// --------------------------
// Until now a handler talked with its own client, and the list of clients was good for counting. Here it hears of the
// others too, through the bus: what one handler publishes is given to all.
//
// Two things happen at the same time. This function waits for its client's next place, again and again. Meanwhile others
// move, and their handlers call `outbox.put` of this client. So nobody who moves ever waits for anybody who hears.

/** After so many places in a row the other clients get a turn: each of them may have to be sent to thousands. */
const BURST = 100;

async function handleClient(
  connection: Connection,
  id: number,
  { timeout, threads }: Options,
): Promise<string> {
  const bus = openBus(threads);
  const outbox = new Outbox(connection, timeout);

  // The order counts. First its own position, so that it knows who it is; then it appears to the others; then it is told
  // who is there, and from here on all that happens.
  const start = POSITION.pack(id, randomBelow(WIDTH), randomBelow(HEIGHT));
  outbox.put(id, start, false);
  bus.publish(id, start);
  await bus.subscribe(id, (from, position, isLast) => outbox.put(from, position, isLast));

  try {
    for (let count = 1; ; count++) {
      const place = await connection.read(PLACE.size, deadlineIn(timeout));
      const [x, y] = PLACE.unpack(place);
      if (isNowhere(x, y)) return "it said that it is nowhere";

      // Packed once, however many will get it: all of them are given the same eight bytes.
      bus.publish(id, POSITION.pack(id, x, y));
      logPacket(() => describe(id, x, y));
      if (count % BURST === 0) await setImmediate();
    }
  } finally {
    bus.leave(id, nowhere(id));
  }
}

// Step 2 · Leave
// --------------
// Whoever is gone stays on everybody's map until they are told. There is no packet of its own for that: a place that
// nobody can be at does it.

function nowhere(id: number): Uint8Array {
  return POSITION.pack(id, NOWHERE, NOWHERE);
}

function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}

// Step 3 · Open the door
// ----------------------
// As in the lessons before. New is `left`: whichever way a client ends, the others must be told, even if its thread has
// crashed and could not say so itself. And the main thread opens its bus before anyone can connect, so that it hears
// everything.

serveLesson(
  {
    handler: handleClient,
    packets: PACKETS,
    module: import.meta.url,
    begin: ({ threads }: Options) => openBus(threads),
    left: (id: number, { threads }: Options) => openBus(threads).leave(id, nowhere(id)),
  },
  FLAGS,
);
