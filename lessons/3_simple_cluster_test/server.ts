/**
 * Lesson 3 · the server: one room, many servers.
 *
 * What you learn here: how servers on several machines share one room through a message broker, and how each of them finds
 * out which others are alive.
 *
 * ```text
 *   client 1 ──▶ ┌──────────┐                          ┌──────────┐ ◀── client 3
 *                │ server A │ ◀──▶   broker   ◀──▶     │ server B │
 *   client 2 ──▶ └──────────┘                          └──────────┘ ◀── client 4
 * ```
 *
 * The handler is lesson 2's, the same function. Only the bus is another one: see `bus.ts`.
 *
 * Run it: `npx tsx lessons/3_simple_cluster_test/broker.ts`, then `server.ts --name A` and
 * `server.ts --name B --port 9013` in other terminals, then clients. The guide is `README.md` beside this file.
 *
 * @module
 */

import process from "node:process";
import { type Flag, type FlagValues, millisecondsFlag, textFlag } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { serveLesson, serverFlags } from "../../src/server.ts";
import { handleClient, nowhere } from "../2_simple_broadcast_test/handler.ts";
import { BetweenMachines } from "./bus.ts";
import { PACKETS } from "./protocol.ts";

// Step 1 · Say where the broker is
// --------------------------------
// The server is told where the broker is, what to call itself, and how long another server may be silent. It has no
// threads: this lesson spreads clients over processes instead.

const { threads: _, ...flags } = serverFlags(
  9003,
  60_000,
  "how long a client may go without sending a place or taking a position",
);
const FLAGS = {
  ...flags,
  broker: brokerFlag(),
  name: textFlag("NAME", String(process.pid), "what the other servers call this one"),
  "server-timeout": millisecondsFlag(5000, 500, "how long another server may leave beats unanswered"),
};

/** A flag whose value is the URL of a broker. */
function brokerFlag(): Flag<string> {
  const text = textFlag("URL", "mqtt://127.0.0.1:1883", "the message broker");
  const parse = (name: string, value: string) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url && /^mqtts?:$/.test(url.protocol) && url.hostname !== "") return value;
    const withoutPassword = value.replace(/^.*@/s, "…@");
    throw new RangeError(
      `${name} must be a URL that begins with mqtt:// or mqtts://, not ${JSON.stringify(withoutPassword)}`,
    );
  };
  return { ...text, parse };
}

// Step 2 · Choose where the ids begin
// -----------------------------------
// In lesson 2 each server counts 1, 2, 3, so two servers would have a client 1 each. Servers can't ask each other for
// each new client either: they serve their clients even when the broker is down. So each run of a server draws a random
// number and counts up from there. Two runs that serve a thousand clients each use the same id only if they draw
// numbers that are less than a thousand apart. The chance of that is one in half a million.

const FIRST_ID = 1 + Math.floor(Math.random() * 2 ** 30);

// Step 3 · Connect the handlers
// -----------------------------
// As in lesson 2, but `begin` opens a bus that reaches other machines, and `end` says goodbye to them.

let bus: BetweenMachines;

serveLesson(
  {
    handler: (connection: Connection, id: number, { timeout }: FlagValues<typeof FLAGS>) =>
      handleClient(connection, id, bus, timeout),
    packets: PACKETS,
    module: import.meta.url,
    firstId: FIRST_ID,
    begin: ({ broker, name, "server-timeout": serverTimeout }) => {
      bus = new BetweenMachines({ broker, name, serverTimeout });
    },
    left: (id) => bus.leave(id, nowhere(id)),
    end: () => bus.close(),
  },
  FLAGS,
);
