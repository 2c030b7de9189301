/**
 * Exercise 2.3 · Tell everybody
 *
 * Write what a server does for each client that comes: it tells it who it is, tells it who is there, tells everybody of
 * each move, and of everyone who leaves.
 *
 * ```text
 *   client 1             welcome()              client 2
 *     │                      │ ◀── connects ────  │
 *     │                      │ ── 2 at 30 10 ──▶  │      its own position comes first
 *     │                      │ ── 1 at 12 7 ───▶  │      then everyone else's
 *     │  ◀── 2 at 30 10 ──   │                    │      and everyone else is told of it
 *     │ ── 13 7 ──▶          │                    │      a place, from client 1
 *     │  ◀── 1 at 13 7 ───   │ ── 1 at 13 7 ──▶   │      to all, client 1 included
 *     ✕ leaves               │ ── 1 nowhere ───▶  │      once, however it left
 * ```
 *
 * `createServer((socket) => room.welcome(socket))` calls it for each client. Ids are 1, 2, 3, … and everyone starts at
 * 30 10. A chunk may hold many places, and may end inside of one. A client can leave by a goodbye or by an error; "close"
 * is emitted once after either. And one whose connection is broken must not keep anybody else from being told.
 *
 * Check it: `npm run exercises 2.3`. Stuck? `npm run exercises hint 2.3`
 *
 * @module
 */

import type { Socket } from "node:net";
import { NOWHERE, PLACE, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";

/** Where everyone starts. */
export const START = { x: 30, y: 10 };

/** Everyone who is connected to one server. */
export class Room {
  /**
   * Serves a client that has just connected, until it leaves.
   *
   * @param socket - the client's
   */
  welcome(socket: Socket): void {
    throw new Error(
      `not written yet: welcome, with ${PLACE.format}, ${POSITION.format} and ${NOWHERE} (${socket.remotePort})`,
    );
  }
}
