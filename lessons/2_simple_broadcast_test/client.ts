/**
 * Lesson 2 · the client: it walks at random, and sees the others walk.
 *
 * What you learn here: how a client speaks and listens at the same time, and what it must keep in mind to know who is
 * where.
 *
 * Run it while the server runs: `npx tsx lessons/2_simple_broadcast_test/client.ts`. `--map` draws the room, and the
 * arrow keys move you. With `--deaf-after 5` it reads five positions and then never again, while it walks on.
 *
 * @module
 */

import { setTimeout as pause } from "node:timers/promises";
import { clientFlags, openClient } from "../../src/client.ts";
import { type FlagValues, millisecondsFlag, numberFlag, readCommandLine } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { hostAndPort, log } from "../../src/log.ts";
import { exit, run } from "../../src/program.ts";
import { describe, HEIGHT, PACKETS, PLACE, POSITION, WIDTH } from "./protocol.ts";

const FLAGS = {
  ...clientFlags(9002, 60_000, "how long to wait for the next position"),
  interval: millisecondsFlag(2000, 0, "time between two moves"),
  count: numberFlag("N", undefined, 1, 1_000_000, "end after N moves"),
  "deaf-after": numberFlag("N", undefined, 1, 1_000_000, "stop reading after N positions, and walk on"),
};
type Options = FlagValues<typeof FLAGS>;

/** Where this client is. */
interface Place {
  x: number;
  y: number;
}

// Step 4 · Connect, and learn who you are
// ---------------------------------------
// The first position is our own: the id that the server gave us, and the place where we start.

async function main(): Promise<void> {
  const { options } = readCommandLine("client.ts [flags]", FLAGS);
  const { host, port, timeout } = options;
  const { connection } = await openClient(options, PACKETS);
  const [id, x, y] = POSITION.unpack(await connection.read(POSITION.size, deadlineIn(timeout)));
  log(`connected to ${hostAndPort(host, port)} as client ${id}, at ${x} ${y}`, "green");

  // Two loops take turns. The first that ends, or fails, ends the program.
  await Promise.race([walk(connection, { x, y }, options), listen(connection, id, options)]);
  await connection.close();
  return exit(0);
}

// Step 5 · Walk
// -------------
// Each move goes to the server, and nothing is printed here: we see ourselves move when the server says so, as the others
// do. What everybody sees is in one place only.

async function walk(connection: Connection, place: Place, { interval, count, timeout }: Options) {
  for (let moves = 0; moves !== count; moves++) {
    await pause(interval);
    place.x = step(place.x, WIDTH);
    place.y = step(place.y, HEIGHT);
    await connection.write(PLACE.pack(place.x, place.y), deadlineIn(timeout));
  }
}

/** One step to either side, or none, inside the room. */
function step(from: number, limit: number): number {
  const to = from + Math.floor(Math.random() * 3) - 1;
  return Math.min(Math.max(to, 0), limit - 1);
}

// Step 6 · Listen
// ---------------
// Whatever comes says who is where now. A client that is deaf does not read: its system's buffer fills up, then the
// server's, and then the server keeps only the newest for it.

async function listen(connection: Connection, self: number, options: Options) {
  const deafAfter = options["deaf-after"] ?? Number.POSITIVE_INFINITY;
  for (let heard = 1; heard < deafAfter; heard++) {
    const position = await connection.read(POSITION.size, deadlineIn(options.timeout));
    const [id, x, y] = POSITION.unpack(position);
    log(describe(id, x, y) + (id === self ? ", that is me" : ""));
  }
  log("deaf from now on: what comes is not read any more", "yellow");
  await new Promise(() => {});
}

run(main);
