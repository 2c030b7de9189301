/**
 * Lesson 2 · the handler: what the server does for one client.
 *
 * What you learn here: how one client's packet reaches all the others, in what order a newcomer has to hear about them,
 * and how a handler makes sure that everyone learns when its client leaves.
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
 * The handler opens no port and reads no command line: `server.ts` does that. It doesn't know where the other clients
 * are either: it gets a bus that reaches them. `bus.ts` has two kinds of it, and lesson 3 has a third.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { logPacket } from "../../src/log.ts";
import type { Bus } from "./bus.ts";
import { Outbox, outboxes } from "./outbox.ts";
import { describe, HEIGHT, isNowhere, NOWHERE, PLACE, POSITION, WIDTH } from "./protocol.ts";

// Step 1 · Handle one client
// --------------------------
// In the lessons before, a handler talked only with its own client, and the list of clients was there to count them. Now
// a handler also has to hear from the other clients. The bus does that: what one handler publishes reaches every handler.
//
// Two things happen at the same time. This function waits for its client's next place, again and again. Meanwhile other
// clients move, and their handlers put positions into this client's outbox. `put` never waits, so a client that moves
// never waits for a client that listens.

/** After this many places in a row, the other clients get a turn: each place may have to be sent to thousands. */
export const BURST = 100;

/**
 * Serves one client from its first byte to its last.
 *
 * @param connection - the client's connection
 * @param id - the client's id
 * @param bus - what reaches the handlers of all clients
 * @param timeout - how long the client may send no place, or take no position, in milliseconds
 * @returns why the client has to leave
 * @throws ConnectionError if the client left by itself, or missed a deadline
 */
export async function handleClient(
  connection: Connection,
  id: number,
  bus: Bus,
  timeout: number,
): Promise<string> {
  const outbox = new Outbox(connection, timeout);
  outboxes.set(id, outbox);

  // The order matters. First the client gets its own position, so that it knows who it is. Then it appears to the others.
  // Then it hears who is there, and from that moment on it hears everything that happens.
  const start = POSITION.pack(id, randomBelow(WIDTH), randomBelow(HEIGHT));
  outbox.put(id, start, "came");
  bus.publish(id, start);
  await bus.subscribe(id, (from, position, news) => outbox.put(from, position, news));

  try {
    for (let count = 1; ; count++) {
      const place = await connection.read(PLACE.size, deadlineIn(timeout));
      const [x, y] = PLACE.unpack(place);
      if (isNowhere(x, y)) return "it said that it is nowhere";

      // The position is packed once, however many clients get it: all of them get the same eight bytes.
      bus.publish(id, POSITION.pack(id, x, y));
      logPacket(() => describe(id, x, y));

      // If the next places have already arrived, `read` returns without waiting, and nobody else gets a turn. A client that
      // sends places without end would keep the server to itself.
      if (count % BURST === 0) await setImmediate();
    }
  } finally {
    outboxes.delete(id);
    bus.leave(id, nowhere(id));
  }
}

// Step 2 · Leave
// --------------
// A client that has left stays on everybody's map until the server tells them. That takes no packet of its own: a position
// where nobody can be says it.

/**
 * Packs the last position of a client.
 *
 * @param id - the client that has left
 * @returns the packet that says so
 */
export function nowhere(id: number): Uint8Array {
  return POSITION.pack(id, NOWHERE, NOWHERE);
}

function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}
