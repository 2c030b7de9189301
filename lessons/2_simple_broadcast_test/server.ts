/**
 * Lesson 2 · the server: clients that see each other move.
 *
 * What you learn here: how to connect many handlers, each of which knows only its own client.
 *
 * ```text
 *              server.ts   handler.ts                            bus.ts    outbox.ts
 *   client 1 ──▶ ┌──────┐ ──▶ handler of client 1 ── publish ──▶ ┌─────┐ ──▶ outbox of client 1 ──▶
 *   client 2 ──▶ │ door │ ──▶ handler of client 2 ── publish ──▶ │ bus │ ──▶ outbox of client 2 ──▶
 *   client 3 ──▶ └──────┘ ──▶ handler of client 3 ── publish ──▶ └─────┘ ──▶ outbox of client 3 ──▶
 * ```
 *
 * Run it: `npx tsx lessons/2_simple_broadcast_test/server.ts`, then `client.ts` in other terminals. The guide is
 * `README.md` beside this file. Its steps 1 and 2 are in `handler.ts`: read that file first, it is the lesson.
 *
 * @module
 */

import { type FlagValues, numberFlag } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { serveLesson, serverFlags } from "../../src/server.ts";
import { openBus } from "./bus.ts";
import { handleClient, nowhere } from "./handler.ts";
import { PACKETS } from "./protocol.ts";

// Step 3 · Open the door
// ----------------------
// As in the lessons before, with three additions. `begin` opens the main thread's bus before anyone can connect, so that it
// hears everything. `left` tells the others when a client has left, however that happened. Its handler has already done
// so, unless the handler ran in a thread that crashed: then it could not. With `--status-port`, the server reports how
// much waits for each client: see `status.ts`.

const FLAGS = {
  ...serverFlags(9002, 60_000, "how long a client may go without sending a place or taking a position"),
  "status-port": numberFlag(
    "N",
    undefined,
    0,
    65535,
    "serve, to this machine only, how much waits for each client; 0 takes any free port",
  ),
};

serveLesson(
  {
    handler: (connection: Connection, id: number, { timeout, threads }: FlagValues<typeof FLAGS>) =>
      handleClient(connection, id, openBus(threads), timeout),
    packets: PACKETS,
    module: import.meta.url,
    begin: ({ threads, "status-port": statusPort }) => {
      if (threads && statusPort !== undefined) {
        throw new Error(
          "--status-port and --threads exclude each other: an outbox is in its client's own thread.",
        );
      }
      openBus(threads);
    },
    left: (id, { threads }) => openBus(threads).leave(id, nowhere(id)),
    listening: async ({ "status-port": statusPort }, port) => {
      if (statusPort === undefined) return;
      const { tellStatus } = await import("./status.ts"); // only a server that needs it loads HTTP
      await tellStatus(statusPort, port);
    },
  },
  FLAGS,
);
