/**
 * Lesson 2 · the client: it walks at random, and sees the others walk.
 *
 * What you learn here: how a client sends and receives at the same time, and what it must remember to know who is where.
 *
 * Run it while the server runs: `npx tsx lessons/2_simple_broadcast_test/client.ts`. With `--map` it draws the room, and
 * the arrow keys move you. With `--deaf-after 5` it reads five positions and then stops reading, but it goes on
 * walking. Its steps 5 to 7 are in `walker.ts`.
 *
 * @module
 */

import { openClient } from "../../src/client.ts";
import { readCommandLine } from "../../src/command_line.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { hostAndPort, log } from "../../src/log.ts";
import { exit, run } from "../../src/program.ts";
import { PACKETS, POSITION } from "./protocol.ts";
import { Walker, walkerFlags } from "./walker.ts";

const FLAGS = walkerFlags(9002);

// Step 4 · Connect, and learn who you are
// ---------------------------------------
// The first position is our own. It has the id that the server gave us, and the place where we start.

async function main(): Promise<void> {
  const { options } = readCommandLine("client.ts [flags]", FLAGS);
  const { host, port, timeout } = options;
  const { connection } = await openClient(options, PACKETS);
  const [id, x, y] = POSITION.unpack(await connection.read(POSITION.size, deadlineIn(timeout)));
  log(`connected to ${hostAndPort(host, port)} as client ${id}, at ${x} ${y}`, "green");

  const walker = new Walker(options);
  await walker.join(connection, id, { x, y }).finally(() => walker.close());
  await connection.close();
  return exit(0);
}

run(main);
