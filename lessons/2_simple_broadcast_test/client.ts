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
import {
  type FlagValues,
  millisecondsFlag,
  numberFlag,
  readCommandLine,
  switchFlag,
} from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { coloured, flushLog, hostAndPort, log } from "../../src/log.ts";
import { exit, run } from "../../src/program.ts";
import { describe, HEIGHT, isNowhere, PACKETS, PLACE, POSITION, WIDTH } from "./protocol.ts";
import { drawRoom, type Place } from "./screen.ts";
import { hasScreen, type Key, Screen } from "./terminal.ts";

const FLAGS = {
  ...clientFlags(9002, 60_000, "how long to wait for the next position"),
  interval: millisecondsFlag(2000, 0, "time between two moves"),
  count: numberFlag("N", undefined, 1, 1_000_000, "end after N moves"),
  "deaf-after": numberFlag("N", undefined, 1, 1_000_000, "stop reading after N positions, and walk on"),
  map: switchFlag("draw the room; the arrow keys move you, q ends"),
};
type Options = FlagValues<typeof FLAGS>;

/** This client: who and where it is. */
interface Me extends Place {
  readonly id: number;
  /** For how many moves more it stays where its keys have put it. */
  resting: number;
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

  // Two loops take turns, or three with a map. The first that ends, or fails, ends the program.
  const me = { id, x, y, resting: 0 };
  const map = options.map ? await openMap(me) : undefined;
  const loops = [walk(connection, me, options), listen(connection, me, map, options)];
  if (map) loops.push(steer(connection, me, map.screen, options));
  await Promise.race(loops).finally(() => map?.screen.close());
  await connection.close();
  return exit(0);
}

// Step 5 · Walk
// -------------
// Each move goes to the server, and nothing is printed here: we see ourselves move when the server says so, as the others
// do. What everybody sees is in one place only.

async function walk(connection: Connection, me: Me, { interval, count, timeout }: Options) {
  for (let moves = 0; moves !== count; moves++) {
    await pause(interval);
    // Whoever is steered stays where it is, but says so: the server closes a client that is silent for too long.
    if (me.resting > 0) me.resting--;
    else move(me, randomStep(), randomStep());
    await connection.write(PLACE.pack(me.x, me.y), deadlineIn(timeout));
  }
}

/** Moves inside the room: at a wall it stays. */
function move(me: Me, right: number, down: number): void {
  me.x = Math.min(Math.max(me.x + right, 0), WIDTH - 1);
  me.y = Math.min(Math.max(me.y + down, 0), HEIGHT - 1);
}

/** One step to either side, or none. */
function randomStep(): number {
  return Math.floor(Math.random() * 3) - 1;
}

// Step 6 · Listen
// ---------------
// Whatever comes says who is where now. A client that is deaf does not read: its system's buffer fills up, then the
// server's, and then the server keeps only the newest for it.

async function listen(connection: Connection, me: Me, map: RoomMap | undefined, options: Options) {
  const deafAfter = options["deaf-after"] ?? Number.POSITIVE_INFINITY;
  for (let heard = 1; heard < deafAfter; heard++) {
    const position = await connection.read(POSITION.size, deadlineIn(options.timeout));
    const [id, x, y] = POSITION.unpack(position);
    if (map) map.show(id, x, y);
    else log(describe(id, x, y) + (id === me.id ? ", that is me" : ""));
  }
  log("deaf from now on: what comes is not read any more", "yellow");
  await new Promise(() => {});
}

// Step 7 · Draw the room, and be steered
// --------------------------------------
// To draw everyone we have to keep in mind where they are: the newest place of each, until it has left. Nothing else
// is needed, and it does not matter how many moves there were before.

/** How many moves a client stays where its keys have put it: half a minute, with the usual interval. */
const REST = 15;

interface RoomMap {
  readonly screen: Screen;
  /** Draws a position that has come. */
  show(id: number, x: number, y: number): void;
}

async function openMap(me: Me): Promise<RoomMap | undefined> {
  if (!hasScreen()) {
    log("there is no terminal here to draw a map on: these are lines instead", "yellow");
    return undefined;
  }
  await flushLog(); // what was said until now belongs on the old screen
  const places = new Map<number, Place>([[me.id, { x: me.x, y: me.y }]]);
  const screen = new Screen((size, news) => drawRoom({ places, self: me.id, news }, size, coloured));
  const show = (id: number, x: number, y: number) => {
    // While the map is open, the newest line of the log is shown below it.
    if (isNowhere(x, y)) log(describe(id, x, y));
    else if (!places.has(id)) log(`client ${id} is here`);
    if (isNowhere(x, y)) places.delete(id);
    else places.set(id, { x, y });
    screen.redraw();
  };
  return { screen, show };
}

/** One step for each arrow key, sent at once. The random walk pauses meanwhile. */
async function steer(connection: Connection, me: Me, screen: Screen, { timeout }: Options) {
  for await (const key of screen.keys()) {
    if (key === "quit") break;
    const [right, down] = STEPS[key];
    move(me, right, down);
    me.resting = REST;
    await connection.write(PLACE.pack(me.x, me.y), deadlineIn(timeout));
  }
  screen.close();
  log("closing the connection");
}

const STEPS: Record<Exclude<Key, "quit">, [right: number, down: number]> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

run(main);
