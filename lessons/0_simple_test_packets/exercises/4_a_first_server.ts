/**
 * Exercise 0.4 · A first server
 *
 * Write a server with Node's own `createServer`. It sends each client that connects its first test packet.
 *
 * ```text
 *   your server                             clients
 *     │  ◀───────── connects ────────────────  A
 *     │  ── 01 00 00 00  01 00 00 00 ───────▶  A      test 1 of client 1
 *     │  ◀───────── connects ────────────────  B
 *     │  ── 02 00 00 00  01 00 00 00 ───────▶  B      test 1 of client 2
 * ```
 *
 * `createServer` takes a function, and calls it once for each client, with that client's socket. A client may break its
 * connection off at any time. Its socket then emits `"error"`, and an `"error"` without a listener crashes the whole
 * process: one client in a thousand would end the server for everyone.
 *
 * Check it: `npm run exercises 0.4`. Stuck? `npm run exercises hint 0.4`
 *
 * @module
 */

import { createServer, type Server } from "node:net";
import { TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";

/**
 * Starts a server that sends each client its first test: ids 1, 2, 3, … and sequence 1. It leaves their connections open.
 *
 * @param port - where to listen, on 127.0.0.1
 * @returns the server
 */
export function startServer(port: number): Server {
  throw new Error(
    `not written yet: startServer(${port}), with ${createServer.name} and ${TEST_PACKET.format}`,
  );
}
