/**
 * Lesson 2 · the client: it walks at random, and sees the others walk.
 *
 * What you learn here: how a client sends and receives at the same time, and what it must remember to know who is where.
 *
 * Run it while the server runs: `npx tsx lessons/2_simple_broadcast_test/client.ts`. With `--map` it draws the room, and
 * the arrow keys move you. With `--deaf-after 5` it reads five positions and then stops reading, but it walks on.
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
  "deaf-after": numberFlag("N", undefined, 1, 1_000_000, "stop reading after N positions, but walk on"),
  map: switchFlag("draw the room; the arrow keys move you, q quits"),
};
type Options = FlagValues<typeof FLAGS>;

/** This client: who it is, and where. */
interface Me extends Place {
  readonly id: number;
  /** For how many more moves it stays where the arrow keys have put it. */
  resting: number;
}

// Step 4 · Connect, and learn who you are
// ---------------------------------------
// The first position is our own. It has the id that the server gave us, and the place where we start.

async function main(): Promise<void> {
  const { options } = readCommandLine("client.ts [flags]", FLAGS);
  const { host, port, timeout } = options;
  const { connection } = await openClient(options, PACKETS);
  const [id, x, y] = POSITION.unpack(await connection.read(POSITION.size, deadlineIn(timeout)));
  log(`connected to ${hostAndPort(host, port)} as client ${id}, at ${x} ${y}`, "green");

  // Two loops take turns, or three with a map. When one of them ends or fails, the program ends.
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
// Each move goes to the server, and nothing is printed here. We see ourselves move when the server says so, just as the
// others do. So all clients see the same thing.

async function walk(connection: Connection, me: Me, { interval, count, timeout }: Options) {
  for (let moves = 0; moves !== count; moves++) {
    await pause(interval);
    // A client that is steered stays where it is, but it still sends its place: the server closes a client that is silent
    // for too long.
    if (me.resting > 0) me.resting--;
    else move(me, randomStep(), randomStep());
    await connection.write(PLACE.pack(me.x, me.y), deadlineIn(timeout));
  }
}

/** Moves inside the room. A wall stops it. */
function move(me: Me, right: number, down: number): void {
  me.x = Math.min(Math.max(me.x + right, 0), WIDTH - 1);
  me.y = Math.min(Math.max(me.y + down, 0), HEIGHT - 1);
}

/** A step to one side or the other, or no step. */
function randomStep(): number {
  return Math.floor(Math.random() * 3) - 1;
}

// Step 6 · Listen
// ---------------
// Every packet says where one client is now. A deaf client doesn't read. The receive buffer of its operating system fills
// up, then the server's send buffer does, and from then on the server keeps only the newest positions for it.

async function listen(connection: Connection, me: Me, map: RoomMap | undefined, options: Options) {
  const deafAfter = options["deaf-after"] ?? Number.POSITIVE_INFINITY;
  for (let heard = 1; heard < deafAfter; heard++) {
    const position = await connection.read(POSITION.size, deadlineIn(options.timeout));
    const [id, x, y] = POSITION.unpack(position);
    if (map) map.show(id, x, y);
    else log(describe(id, x, y) + (id === me.id ? ", that is me" : ""));
  }
  log("deaf from now on: it reads no more positions, but it walks on", "yellow");
  await new Promise(() => {});
}

// Step 7 · Draw the room, and steer
// --------------------------------------
// To draw everyone, we have to remember where they are: the newest place of each client, until it leaves. We need nothing
// else, however often the clients have moved before.

/** For how many moves a client stays where the arrow keys have put it: half a minute with the default interval. */
const REST = 15;

interface RoomMap {
  readonly screen: Screen;
  /** Draws a position that has arrived. */
  show(id: number, x: number, y: number): void;
}

async function openMap(me: Me): Promise<RoomMap | undefined> {
  if (!hasScreen()) {
    log("there is no terminal to draw a map on: printing lines instead", "yellow");
    return undefined;
  }
  await flushLog(); // these lines belong on the screen from before
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

/** Takes a step for each arrow key, and sends it at once. Meanwhile the random walk pauses. */
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
